import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Which processor cores each side of a measurement runs on, as taskset takes them. */
export interface Cores {
  readonly server: string;
  readonly load: string;
  readonly postgres: string;
}

/**
 * Shares out the cores: the server gets the first, and the load generator never the same; PostgreSQL
 * and Redis have the rest, or share the load generator's core where there are only two.
 * @returns null where processes cannot be pinned, or there is one core only
 */
export function shareCores(): Cores | null {
  const count = availableParallelism();
  if (count < 2 || !hasTaskset()) return null;
  return { server: "0", load: "1", postgres: count === 2 ? "1" : `2-${count - 1}` };
}

/** Puts this process, and what it starts from now on, on some cores. */
export function moveTo(cores: string): void {
  execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", cores, String(process.pid)]);
}

/** The command that starts a program on some cores; anywhere with null. */
export function startOn(cores: string | undefined, command: string[]): [string, string[]] {
  const [program, ...args] = cores ? ["taskset", "--cpu-list", cores, ...command] : command;
  return [program!, args];
}

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
