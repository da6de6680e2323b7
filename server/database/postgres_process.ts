import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Account, PostgresBinaries } from "./postgres_binaries.ts";

/** Gets what PostgreSQL logs; a pino logger fits. */
export interface PostgresLogger {
  debug(message: string): void;
}

const START_SECONDS = 120; // recovery after a crash replays the log first
const STOP_SECONDS = 10;

/**
 * The folder as PostgreSQL is told it. On Linux its working folder, which we open before it takes
 * the unprivileged user's rights: so a cluster below a closed folder such as /root still works.
 */
const ownFolder = (cluster: string) => (process.platform === "linux" ? "/proc/self/cwd" : cluster);

/**
 * Runs initdb on an empty folder: UTF-8, the same order of text on every machine, and no sync to the
 * disk where the settings say that nothing needs to last. Throws an Error with initdb's words.
 */
export async function fillCluster(
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

/**
 * Starts PostgreSQL on a cluster and resolves when it accepts connections. `stop` ends it in an
 * orderly way, after 10 s at once; `onExit` is told when it ends otherwise. Throws an Error with its
 * last words when it does not start within 120 s.
 */
export async function runPostgres(
  { postgres }: PostgresBinaries,
  cluster: string,
  account: Account | undefined,
  settings: Record<string, string>,
  { logger, onExit }: { logger?: PostgresLogger; onExit?: (message: string) => void },
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
