import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import pg from "pg";
import { clearLeftovers, clusterName, makeCluster, prepareFolders } from "./embedded_folders.ts";
import { claimFolder } from "./folder_claim.ts";
import { type Account, findBinaries, type PostgresBinaries } from "./postgres_binaries.ts";

/** What is told while it runs; a pino logger fits. */
export interface EmbeddedLogger {
  debug(message: string): void;
}

export interface EmbeddedOptions {
  /** Folder for the cluster; made when missing. */
  dataDir: string;
  logger?: EmbeddedLogger;
  /** PostgreSQL settings that win over ours, e.g. `{ fsync: "off" }` in tests. */
  settings?: Record<string, string>;
  /** Called when PostgreSQL ends without `stop()`; the message says how, with its last words. */
  onExit?: (message: string) => void;
}

export interface EmbeddedPostgres {
  /** `postgres://taskmaster@/taskmaster?host=FOLDER`, which pg and Sequelize take as it is. */
  url: string;
  /** The folder of the Unix socket. */
  socketDir: string;
  /** For people: which PostgreSQL this is. */
  description: string;
  /** Stops it: orderly for up to 10 s, then at once. May be called again. */
  stop(): Promise<void>;
}

const START_SECONDS = 120; // recovery after a crash replays the log first
const STOP_SECONDS = 10;

/**
 * Starts a private PostgreSQL on `dataDir`/postgres, reachable only through a Unix socket in a
 * folder closed to other users. Clears what a killed process left. Throws an Error that says what
 * to do when the folder cannot be used or is in use, when there is no PostgreSQL to run, or when it
 * does not start.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const folders = await prepareFolders(options.dataDir);
  const { dataDir, cluster, socketDir, account } = folders;
  const url = `postgres://taskmaster@/taskmaster?host=${encodeURIComponent(socketDir)}`;
  const release = await claimFolder(dataDir, url);
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
    await makeCluster(folders, (folder) => initialise(binaries, folder, account, settings));
    const running = await run(binaries, cluster, account, settings, options);
    const stop = async () => {
      await running.stop();
      if (socketDir !== cluster) await rm(socketDir, { recursive: true, force: true });
      await release();
    };
    try {
      await makeDatabase(socketDir);
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
    await release();
    throw error;
  }
}

/**
 * The folder as PostgreSQL is told it. On Linux its working folder, which we open before it takes
 * the unprivileged user's rights: so a cluster below a closed folder such as /root still works.
 */
const ownFolder = (cluster: string) => (process.platform === "linux" ? "/proc/self/cwd" : cluster);

async function initialise(
  { initdb, version }: PostgresBinaries,
  cluster: string,
  account: Account | undefined,
  settings: Record<string, string>,
): Promise<void> {
  const locale = ["--encoding=UTF8", "--locale=C"];
  // Since 17 PostgreSQL knows the letters of Unicode without the operating system's help.
  if (version >= 17) locale.push("--locale-provider=builtin", "--builtin-locale=C.UTF-8");
  const args = ["-D", ownFolder(cluster), "-U", "taskmaster", "--auth=trust", ...locale];
  if (settings.fsync === "off") args.push("--no-sync");
  try {
    await promisify(execFile)(initdb, args, { ...account, cwd: cluster, env: { LC_ALL: "C" } });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`PostgreSQL could not make its cluster in ${cluster}: ${stderr || message}`);
  }
}

async function run(
  { postgres }: PostgresBinaries,
  cluster: string,
  account: Account | undefined,
  settings: Record<string, string>,
  { logger, onExit }: EmbeddedOptions,
): Promise<{ stop(): Promise<void> }> {
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(postgres, ["-D", ownFolder(cluster), ...args], {
    ...account,
    cwd: cluster,
    env: { LC_ALL: "C" },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true, // Ctrl-C in a terminal is for us; we stop PostgreSQL after our own work
  });
  const exited = once(child, "exit").then(
    ([code, signal]) => signal ?? `exit code ${code}`,
    (error: Error) => error.message,
  );
  const lastWords: string[] = [];
  let ready = false;
  let stopping = false;
  const started = new Promise<void>((resolve, reject) => {
    const fail = (why: string) =>
      reject(new Error(`PostgreSQL did not start (${why}):\n${lastWords.join("\n")}`));
    const timer = setTimeout(fail, START_SECONDS * 1000, `not ready in ${START_SECONDS} s`);
    createInterface({ input: child.stderr! }).on("line", (line) => {
      logger?.debug(line);
      lastWords.push(line);
      if (lastWords.length > 10) lastWords.shift();
      if (!line.includes("database system is ready to accept connections")) return;
      ready = true;
      clearTimeout(timer);
      resolve();
    });
    child.once("close", async () => {
      clearTimeout(timer);
      fail(await exited);
      if (ready && !stopping)
        onExit?.(`PostgreSQL ended (${await exited}):\n${lastWords.join("\n")}`);
    });
  });
  const watcher = stopWithUs(child);
  const stop = async () => {
    stopping = true;
    for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
      child.kill(signal); // SIGINT: fast shutdown, SIGQUIT: immediate
      if (await within(STOP_SECONDS, exited)) break;
    }
    watcher.kill("SIGKILL");
  };
  try {
    await started;
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

/** A shell that outlives us: when our end of its input closes, because we died, it stops PostgreSQL. */
function stopWithUs(postgres: ChildProcess): ChildProcess {
  const watcher = spawn("sh", ["-c", 'read -r _; kill -INT "$0"', String(postgres.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watcher.on("error", () => {}); // no shell: then the next start stops what we leave
  postgres.once("exit", () => watcher.kill("SIGKILL"));
  return watcher;
}

/** Whether the promise, which never rejects, settled within the seconds. */
async function within(seconds: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000, false);
  });
  return Promise.race([promise.then(() => true), late]).finally(() => clearTimeout(timer));
}

async function makeDatabase(socketDir: string): Promise<void> {
  const client = new pg.Client({ host: socketDir, user: "taskmaster", database: "postgres" });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = 'taskmaster'");
    if (!rowCount) await client.query("CREATE DATABASE taskmaster");
  } finally {
    await client.end();
  }
}
