import { ConnectionError, UniqueConstraintError } from "sequelize";
import { CommandError } from "../../contract/errors.ts";

/**
 * SQLSTATE of a server that stops, starts, has no room for another connection, or gave up waiting:
 * a statement or an idle transaction that took too long, a deadlock, a serialization failure
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html: classes 08, 40, 57P0x, 53300,
 * 57014, 25P03). Nothing was stored, and the same may succeed when it is tried again.
 */
const serverAway = /^(08...|40...|57P0[1-3]|53300|57014|25P03)$/;
/** Of one that takes no writes: its disk or memory is full, reading or writing fails, or it is a standby now. */
const serverHelpless = /^(53(?!300)...|58030|25006)$/;

/** What Node says of a socket, a Unix one included, whose other end is gone or was never there. */
const socketAway = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/**
 * Reads whatever a command threw as the refusal it means to the client.
 * @param error a CommandError, or what a query or a transaction threw
 * @returns a CommandError as it is; a database's error as conflict, in_use, invalid_input or
 *   unavailable; null for anything else, which is a fault
 */
export function refusalOf(error: unknown): CommandError | null {
  if (error instanceof CommandError) return error;
  const causes = chainOf(error);
  if (causes.some(isAway)) {
    return new CommandError(
      "unavailable",
      "The database is away. Try again, an entry with the same id",
    );
  }
  for (const cause of causes) {
    const refusal = constraintRefusal(cause);
    if (refusal) return refusal;
  }
  return null;
}

interface Cause {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly message?: unknown;
  readonly sql?: unknown;
}

/** The error and what it wraps; Sequelize hands on pg's error as `parent`. */
function chainOf(error: unknown): Cause[] {
  const chain: Cause[] = [];
  let next = error as (Cause & { parent?: unknown; cause?: unknown }) | null | undefined;
  while (typeof next === "object" && next !== null && !chain.includes(next)) {
    chain.push(next);
    next = (next.parent ?? next.cause) as typeof next;
  }
  return chain;
}

/** Whether it is one of those by which the database takes no writes until somebody helps it. */
export function isHelpless(error: unknown): boolean {
  return chainOf(error).some(({ code }) => typeof code === "string" && serverHelpless.test(code));
}

function isAway(cause: Cause): boolean {
  if (cause instanceof ConnectionError) return true;
  const code = typeof cause.code === "string" ? cause.code : "";
  if (serverAway.test(code) || serverHelpless.test(code) || socketAway.has(code)) return true;
  // Of a file, ENOENT would be a fault of ours; of connect, it is a Unix socket that is not there.
  if (code === "ENOENT") return cause.syscall === "connect";
  // pg gives these no code: a connection that is not made in time, that broke under a query or says nothing, and
  // its use afterwards.
  return (
    cause instanceof Error &&
    /^(timeout expired$|Connection terminated|Query read timeout|Client has encountered a connection error)/.test(
      cause.message,
    )
  );
}

function constraintRefusal(cause: Cause): CommandError | null {
  const inUse = new CommandError("in_use", "Something else still refers to it");
  if (cause instanceof UniqueConstraintError) {
    const columns = Object.keys(cause.fields);
    const message = "is already taken";
    const details = columns.map((path) => ({ path, message }));
    const text = `This ${columns.join(" and ") || "value"} ${message}`;
    return new CommandError("conflict", text, { details });
  }
  switch (cause.code) {
    case "23505":
      return new CommandError("conflict", "This value is already taken");
    // Since version 18 PostgreSQL tells RESTRICT from the other foreign-key violations.
    case "23001":
      return inUse;
    case "23503":
      if (typeof cause.sql === "string" && /^DELETE\b/i.test(cause.sql)) return inUse;
      return new CommandError(
        "invalid_input",
        "It refers to something that does not exist (any more)",
      );
    default:
      return null;
  }
}
