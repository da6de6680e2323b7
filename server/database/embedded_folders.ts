import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  access,
  chown,
  constants,
  mkdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "./postgres_binaries.ts";
import { processCommand, processStart } from "./processes.ts";

/** Where the parts of one embedded PostgreSQL lie, and whose they are. */
export interface Folders {
  /** The data folder, its real path. */
  dataDir: string;
  /** PostgreSQL's own folder in it. */
  cluster: string;
  /** The folder of the Unix socket: the cluster's, or a short one when that path is too long. */
  socketDir: string;
  /** Where binaries may be copied to. */
  cacheDir: string;
  /** Whom PostgreSQL runs as, when not as ourselves. */
  account: Account | undefined;
}

const SOCKET = ".s.PGSQL.5432";
const MAX_SOCKET_PATH = 103; // sun_path holds 104 bytes on macOS and 108 on Linux, with its NUL

/** The name a PostgreSQL carries on its command line, by which it is known again. */
export function clusterName(cluster: string): string {
  return `taskmaster_${createHash("sha256").update(cluster).digest("hex").slice(0, 12)}`;
}

/**
 * Makes the data folder when it is missing and decides where everything goes. Throws an Error
 * that says what is wrong with the folder and what to set instead.
 */
export async function prepareFolders(dataDir: string): Promise<Folders> {
  try {
    await makeFolder(resolve(dataDir));
    const real = await realpath(dataDir);
    await access(real, constants.W_OK | constants.X_OK);
    const cluster = join(real, "postgres");
    const account = await findAccount(real, cluster);
    const fits = Buffer.byteLength(join(cluster, SOCKET)) <= MAX_SOCKET_PATH;
    return {
      dataDir: real,
      cluster,
      socketDir: fits ? cluster : join(tmpdir(), clusterName(cluster)),
      cacheDir: account ? "/var/cache/taskmaster" : join(real, "binaries"),
      account,
    };
  } catch (error) {
    throw new Error(
      `The data folder ${resolve(dataDir)} cannot be used: ${(error as Error).message}. ` +
        "Set DATA_DIR to a folder that this user may write, or DATABASE_URL to a PostgreSQL of your own.",
      { cause: error },
    );
  }
}

/** Not mkdir's `recursive`: that never returns below a folder such as /proc, which answers ENOENT. */
async function makeFolder(path: string, parentMade = false): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || parentMade) throw error;
    await makeFolder(dirname(path));
    await makeFolder(path, true);
  }
}

/** PostgreSQL refuses to run as root: then it runs as the owner of its data, at first as nobody. */
async function findAccount(dataDir: string, cluster: string): Promise<Account | undefined> {
  const owners = [await stat(cluster).catch(() => undefined), await stat(dataDir)];
  const ourUid = process.getuid!();
  if (ourUid !== 0) {
    if (owners[0] && owners[0].uid !== ourUid)
      throw new Error(`${cluster} belongs to another user (uid ${owners[0].uid})`);
    return undefined;
  }
  if (owners[0]?.uid === 0) {
    throw new Error(
      `${cluster} belongs to root, as whom PostgreSQL does not run, as after a copy that kept no owners (cp -a keeps them). ` +
        `Give it to another account: chown -R nobody ${cluster}`,
    );
  }
  const owner = owners.find((folder) => folder && folder.uid !== 0);
  if (owner) return { uid: owner.uid, gid: owner.gid };
  const nobody = /^nobody:[^:]*:(\d+):(\d+):/m.exec(await readFile("/etc/passwd", "utf8"));
  if (!nobody) throw new Error("PostgreSQL does not run as root, and there is no user nobody");
  return { uid: Number(nobody[1]), gid: Number(nobody[2]) };
}

/**
 * Stops the PostgreSQL of an owner that was killed, and removes the files that name it. To be
 * called by the folder's owner only. Throws an Error when another PostgreSQL answers there.
 */
export async function clearLeftovers({
  dataDir,
  cluster,
  socketDir,
  account,
}: Folders): Promise<void> {
  const pidFile = join(cluster, "postmaster.pid");
  const pid = Number.parseInt(await readFile(pidFile, "utf8").catch(() => ""), 10);
  if (pid && processCommand(pid)?.includes(clusterName(cluster))) await end(pid);
  // That of another container is none of our processes, and would write the same files.
  if (await answers(join(socketDir, SOCKET))) {
    throw new Error(
      `The data folder ${dataDir} is in use by a PostgreSQL that this server did not start, perhaps of another container. ` +
        "Stop that, or set DATA_DIR to another folder",
    );
  }
  // A PostgreSQL that was started by hand on this folder keeps its files, and ours refuses to start.
  if (!(pid && processCommand(pid)?.includes("postgres")))
    for (const file of [pidFile, join(cluster, SOCKET), join(cluster, `${SOCKET}.lock`)])
      await rm(file, { force: true });
  if (socketDir !== cluster) {
    await rm(socketDir, { recursive: true, force: true });
    await makeOwn(socketDir, account);
  }
}

/** Whether somebody listens on a Unix socket. */
async function answers(socket: string): Promise<boolean> {
  const connection = connect(socket);
  try {
    await once(connection, "connect");
    return true;
  } catch {
    return false;
  } finally {
    connection.destroy();
  }
}

/** Fast shutdown, then immediate, then none: each has its seconds. */
async function end(pid: number): Promise<void> {
  const started = processStart(pid);
  for (const [signal, seconds] of [
    ["SIGINT", 30],
    ["SIGQUIT", 10],
    ["SIGKILL", 10],
  ] as const) {
    const until = Date.now() + seconds * 1000;
    if (processStart(pid) === started) process.kill(pid, signal);
    while (processStart(pid) === started && Date.now() < until) await sleep(20); // not our child
    if (processStart(pid) !== started) return;
  }
  throw new Error(`The PostgreSQL left by an earlier run (process ${pid}) does not stop`);
}

/**
 * Makes the cluster unless there is one, by `fill`, which gets an empty folder. A run that is
 * killed half way leaves no half a cluster.
 */
export async function makeCluster(
  { cluster, account }: Folders,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  if (await stat(join(cluster, "PG_VERSION")).catch(() => undefined)) return;
  const half = `${cluster}.new`;
  await rm(half, { recursive: true, force: true });
  await makeOwn(half, account);
  await fill(half);
  await rename(half, cluster);
}

async function makeOwn(folder: string, account: Account | undefined): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  if (account) await chown(folder, account.uid, account.gid);
}
