import { type CommandName, commands } from "../contract/commands.ts";
import { CommandError } from "../contract/errors.ts";

/** The answer did not come: the server may have done what was asked, or not. */
export class NoReply extends Error {}

/** The longest time between two attempts. */
export const LONGEST_PAUSE_MS = 5_000;
/** How often `unavailable` is tried again: with the pauses below, for about half a minute. */
const MOST_ATTEMPTS = 10;

/** Whether a command stores an entry, whose id makes doing it twice the same as doing it once. */
export function isPost(name: CommandName): boolean {
  return "id" in commands[name].input.shape;
}

/** Whether doing it twice leaves the same as doing it once. */
function isRepeatable(name: CommandName): boolean {
  const method = commands[name].http?.split(" ")[0];
  return method === undefined || method === "GET" || isPost(name);
}

/** @returns milliseconds to wait before another try, or null when there must be none */
export function pauseBeforeRetry(
  name: CommandName,
  error: unknown,
  attempt: number,
): number | null {
  if (error instanceof NoReply) return isRepeatable(name) ? 0 : null;
  if (!(error instanceof CommandError)) return null;
  if (attempt >= MOST_ATTEMPTS && !isLasting(name)) return null;
  if (error.code === "rate_limited") return error.extra.retry_after_ms ?? pauseAfter(attempt);
  // A commit whose connection broke answers `unavailable` too, and may have happened.
  if (error.code === "unavailable" && isRepeatable(name)) return pauseAfter(attempt);
  return null;
}

/** What somebody relies on to be done in the end, however long the server is away. */
function isLasting(name: CommandName): boolean {
  return isPost(name) || name === "session.join";
}

/**
 * Doubles with every failure, with some chance in it so that many clients do not return at once.
 * @param failures how many there were, at least one
 * @returns milliseconds
 */
export function pauseAfter(failures: number): number {
  return Math.min(100 * 2 ** failures, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
}

/** What the caller is told of an attempt that was the last. */
export function refusalOf(name: CommandName, error: unknown): unknown {
  if (!(error instanceof NoReply)) return error;
  return new CommandError(
    "unavailable",
    `The connection was lost before the server answered ${name}; it may have been done or not`,
  );
}
