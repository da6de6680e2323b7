import { type Logger, pino } from "pino";

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

/** Makes what is true when it is called first, and then once in so many milliseconds. */
export function seldom(ms: number): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - last < ms) return false;
    last = now;
    return true;
  };
}
