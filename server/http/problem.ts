import { STATUS_CODES } from "node:http";
import type { ErrorRequestHandler } from "express";
import type { Logger } from "pino";
import { CommandError, errors } from "../../contract/errors.ts";
import { refuse } from "../execute.ts";

/**
 * Answers errors as application/problem+json (RFC 9457), with the code of contract/errors.ts.
 * @param logger where what nobody foresaw is told
 */
export function sendProblem(logger: Logger): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const refusal = refuse(bodyRefusal(error) ?? error, logger, { path: request.path });
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // So that the request's own log line, which has the request id, says why.
    if (refusal.cause instanceof Error) response.err = refusal.cause;
    const { code, message, ...extra } = refusal.toJSON();
    const { status } = errors[code];
    if (code === "unauthenticated") response.setHeader("WWW-Authenticate", "Bearer");
    if (extra.retry_after_ms !== undefined) {
      response.setHeader("Retry-After", Math.ceil(extra.retry_after_ms / 1000));
    }
    response
      .status(status)
      .type("application/problem+json")
      .send(
        JSON.stringify({
          type: "about:blank",
          title: STATUS_CODES[status],
          status,
          detail: message,
          code,
          ...extra,
        }),
      );
  };
}

/** What express.json() and the router refuse, in our codes. */
function bodyRefusal(error: unknown): CommandError | null {
  const { type, status } = error as { type?: string; status?: number };
  if (error instanceof CommandError) return error;
  if (type === "entity.too.large") return new CommandError("too_large", "The body is too large");
  if (type === "entity.parse.failed")
    return new CommandError("invalid_input", "The body is not JSON");
  if (status !== undefined && status >= 400 && status < 500) {
    return new CommandError(
      "invalid_input",
      `The request cannot be read: ${(error as Error).message}`,
    );
  }
  return null;
}
