import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { startRunCluster } from "./database.ts";
import { compilePrograms } from "./programs.ts";
import { describeRedis } from "./redis.ts";

/** Every process a test started and has not ended yet, with the line of the test that did it. */
const children = new Map<ChildProcess, string>();
let cluster: { description: string; stop(): Promise<void> } | undefined;
let removePrograms: (() => Promise<void>) | undefined;

// Without this a rejection that nobody handles passes unseen; so it fails the test that runs.
process.on("unhandledRejection", (reason) => {
  throw reason;
});

// Here, since each of mocha's workers loads this file, and what follows is for the first process alone.
subscribe("child_process", (message) => {
  const child = (message as { process: ChildProcess }).process;
  const line = new Error().stack?.split("\n").find((text) => text.includes(".test.ts"));
  children.set(child, line?.trim() ?? "");
  child.once("exit", () => children.delete(child));
  child.once("error", () => children.delete(child));
});

/** Before the first test: the run's programs and PostgreSQL, and a line that says what this run stands on. */
export async function mochaGlobalSetup(): Promise<void> {
  const redis = describeRedis();
  removePrograms = await compilePrograms();
  cluster = await startRunCluster();
  children.clear(); // it is the run's, not a test's
  console.log(`PostgreSQL: ${cluster.description} · Redis: ${redis}`);
}

export async function mochaGlobalTeardown(): Promise<void> {
  await cluster?.stop();
  await removePrograms?.();
}

export const mochaHooks = {
  /** After the last test: a process that a test left would keep the run from ending. */
  afterAll(): void {
    const left = [...children].map(([child, line]) => `${child.spawnargs.join(" ")} ${line}`);
    for (const child of children.keys()) child.kill("SIGKILL");
    if (left.length) throw new Error(`Tests left processes running:\n${left.join("\n")}`);
  },
};
