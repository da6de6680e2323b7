import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** What would otherwise let our own environment decide where its data is, and who else can reach it. */
const ISOLATED = { DATABASE_URL: "", REDIS_URL: "", PUBLIC_URL: "", HOST: "127.0.0.1", PORT: "0" };

/** A server that runs as a child of this process. */
export interface RunningServer {
  readonly url: string;
  /** Stops it, with SIGTERM unless told, and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts this repository's server on a free port, as TypeScript or as built, like this file itself.
 * @param environment what the server's environment has besides ours
 * @throws Error when it ends before it is ready; what it said went to stderr
 */
export async function startServer(environment: Record<string, string>): Promise<RunningServer> {
  const main = new URL(`../server/main${extname(import.meta.url)}`, import.meta.url);
  // The arguments of Node itself bring tsx along in development.
  const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(main)], {
    env: { ...process.env, ...ISOLATED, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const url = await readyUrl(child);
  if (url === null) throw new Error("the server ended before it was ready");
  return {
    url,
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      await exited;
    },
  };
}

async function readyUrl(child: ChildProcess): Promise<string | null> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /Taskmaster is running at (http:\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    // Nobody reads on, and a full pipe would stop the server.
    child.stdout!.resume();
    return url;
  }
  return null;
}
