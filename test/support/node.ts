import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { programOf } from "./programs.ts";

/** A node of the server, as a process of its own. */
export interface TestNode {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it wrote to standard error so far: its log. */
  log(): string;
  /** What it wrote to standard output so far. */
  output(): string;
  /** Resolves with the match when it has written this to standard output, now or later. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends it like an operator does, and resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Ends it like a power cut does. */
  kill(): Promise<void>;
}

/** The owner's secret on every test node. */
export const OWNER_TOKEN = `tm_${"owner".repeat(8)}own`;

/**
 * Starts a node and resolves when it says that it is running.
 * @param env for config.ts, over what every test node has: any free port, the owner's account
 * @throws Error with what it wrote, if it ends before that
 */
export async function startNode(env: Record<string, string>): Promise<TestNode> {
  const child = spawn(process.execPath, [programOf("server/main.ts")], {
    env: {
      ...process.env,
      NODE_OPTIONS: "",
      DATABASE_URL: "",
      REDIS_URL: "",
      PORT: "0",
      LOG_LEVEL: "warn",
      BOOTSTRAP_EMAIL: "owner@example.org",
      BOOTSTRAP_TOKEN: OWNER_TOKEN,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(output);
        if (found) resolve(found);
        return found;
      };
      if (look()) return;
      child.stdout.on("data", look);
      child.once("exit", (code) => reject(new Error(`The node ended with ${code}:\n${log}`)));
    });
  const [, url] = await printed(/^Taskmaster is running at (\S+) .*\n/m);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, "exit");
    child.kill(signal);
    return (await exited)[0] as number | null;
  };
  return {
    url: url!,
    process: child,
    log: () => log,
    output: () => output,
    printed,
    stop: () => end("SIGTERM"),
    kill: async () => {
      await end("SIGKILL");
    },
  };
}
