import { CommanderError } from "commander";
import { CommandError, type ErrorCode } from "../contract/errors.ts";

/** Every exit code and its meaning, as `--help` and docs/cli.md say it. */
export const exitCodes = {
  0: "done; also when Ctrl-C ends follow or serve, and when the reader of a pipe has enough",
  1: "it failed for another reason, or doctor or tally found a fault",
  2: "used wrongly: an option, an argument or a text that does not fit",
  3: "not signed in: no access token, or the server refuses it",
  4: "it does not exist, or you may not do that",
  5: "no server answers, or it cannot answer now: try again",
  130: "interrupted by Ctrl-C before it was done",
} as const satisfies Record<number, string>;

export type ExitCode = keyof typeof exitCodes;

/** A failure that the command line itself found. The message says in one line what to do. */
export class Failure extends Error {
  readonly exit_code: ExitCode;

  constructor(exit_code: ExitCode, message: string) {
    super(message);
    this.exit_code = exit_code;
  }
}

/** Why a signal was aborted: Ctrl-C, or nobody reads our output any more. */
export type StopReason = "interrupted" | "reader gone";

const codeOf: Partial<Record<ErrorCode, ExitCode>> = {
  invalid_input: 2,
  unauthenticated: 3,
  forbidden: 4,
  not_found: 4,
  rate_limited: 5,
  unavailable: 5,
};

const advice: Partial<Record<ErrorCode, string>> = {
  unauthenticated: "sign in with `taskmaster login`",
};

/**
 * What a command that threw comes to.
 * @param reason why it was stopped, if it was: what it threw then is a consequence
 * @returns the exit code, and one line for stderr unless commander printed its own
 */
export function outcomeOf(
  error: unknown,
  reason: StopReason | undefined,
): { exit_code: ExitCode; line?: string } {
  if (reason === "reader gone") return { exit_code: 0 };
  if (reason === "interrupted") return { exit_code: 130, line: "interrupted" };
  if (error instanceof CommanderError) return { exit_code: error.exitCode === 0 ? 0 : 2 };
  if (error instanceof Failure) return { exit_code: error.exit_code, line: error.message };
  if (error instanceof CommandError) {
    const hint = advice[error.code];
    const line = hint ? `${error.message.replace(/\.$/, "")}: ${hint}` : error.message;
    return { exit_code: codeOf[error.code] ?? 1, line };
  }
  return { exit_code: 1, line: error instanceof Error ? error.message : String(error) };
}
