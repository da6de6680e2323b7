import { rm } from "node:fs/promises";
import pg from "pg";
import { clearLeftovers, clusterName, makeCluster, prepareFolders } from "./embedded_folders.ts";
import { claimFolder } from "./folder_claim.ts";
import { findBinaries } from "./postgres_binaries.ts";
import { fillCluster, type PostgresLogger, runPostgres } from "./postgres_process.ts";

export interface EmbeddedOptions {
  /** Folder for the cluster; made when missing. */
  dataDir: string;
  logger?: PostgresLogger;
  /** PostgreSQL settings that win over ours, e.g. `{ fsync: "off" }` in tests. */
  settings?: Record<string, string>;
  /** Called when PostgreSQL ends without `stop()`; the message says how, with its last words. */
  onExit?: (message: string) => void;
}

export interface EmbeddedPostgres {
  /** With the Unix socket's folder as `host`; pg, Sequelize and psql take it as it is. */
  url: string;
  /** The folder of the Unix socket. */
  socketDir: string;
  /** For people: which PostgreSQL this is. */
  description: string;
  /** Stops it: orderly for up to 10 s, then at once. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a private PostgreSQL on `dataDir`/postgres, reachable only through a Unix socket in a
 * folder closed to other users. Clears what a killed process left. Throws an Error that says what
 * to do when the folder cannot be used or is in use, when there is no PostgreSQL to run, or when it
 * does not start.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const folders = await prepareFolders(options.dataDir);
  const { dataDir, cluster, socketDir, account } = folders;
  // It says all that pg would else take from the environment: PGPORT, PGSSLMODE.
  const host = encodeURIComponent(socketDir);
  const url = `postgres://taskmaster@localhost:5432/taskmaster?host=${host}&sslmode=disable`;
  const release = await claimFolder(dataDir, url);
  const leave = async () => {
    if (socketDir !== cluster) await rm(socketDir, { recursive: true, force: true });
    await release();
  };
  try {
    await clearLeftovers(folders);
    const binaries = await findBinaries(account, folders.cacheDir);
    const settings = {
      listen_addresses: "",
      unix_socket_directories: socketDir === cluster ? "." : socketDir,
      unix_socket_permissions: "0700",
      cluster_name: clusterName(cluster),
      max_connections: "200",
      shared_buffers: "128MB",
      timezone: "UTC",
      log_timezone: "UTC",
      ...options.settings,
    };
    await makeCluster(folders, (folder) => fillCluster(binaries, folder, account, settings));
    const running = await runPostgres(binaries, cluster, account, settings, options);
    const stop = async () => {
      await running.stop();
      await leave();
    };
    try {
      await makeDatabase(url);
    } catch (error) {
      await stop();
      throw error;
    }
    let stopped: Promise<void> | undefined;
    return {
      url,
      socketDir,
      description: `PostgreSQL ${binaries.version} (${binaries.postgres})`,
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

async function makeDatabase(url: string): Promise<void> {
  const client = new pg.Client(url.replace("/taskmaster?", "/postgres?"));
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = 'taskmaster'");
    if (!rowCount) await client.query("CREATE DATABASE taskmaster");
  } finally {
    await client.end();
  }
}
