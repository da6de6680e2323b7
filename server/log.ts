import { type Logger, pino } from "pino";
import { ConfigError } from "./config.ts";

/**
 * Makes the node's log: JSON lines on standard error.
 * @param level the least that is written, such as "info"
 */
export function createLogger(level: string): Logger {
  return pino(
    { level, base: null, serializers: { err: describeError } },
    pino.destination({ dest: 2, sync: false }),
  );
}

/**
 * What a process that an error ends prints of it. What we throw ourselves says what to do; of anything else the
 * place matters too.
 */
export function whyItEnded(error: unknown): unknown {
  const ours = error instanceof ConfigError || (error instanceof Error && error.name === "Error");
  return ours ? (error as Error).message : error;
}

/**
 * What the log shows of an error: never the fields that libraries hang on it, since Redis's hold the
 * password of a refused sign-in and PostgreSQL's the values of a query.
 */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause, code } = error as Error & { code?: unknown };
  return {
    type: name,
    message,
    stack,
    ...(code !== undefined && { code }),
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}
