import type * as z from "zod";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** How much a token may do: `read` follows, `write` also works, `full` also manages tokens and users. */
export type Scope = "read" | "write" | "full";

/**
 * One thing a client may ask for. Both transports, the OpenAPI document, the SDK's types and the
 * command line are made from it.
 */
export interface Command {
  /** The Socket.IO event and the key of its action, such as `message.post`. */
  readonly name: string;
  readonly summary: string;
  /** Who may, in words; server/policies holds the rule. */
  readonly may: string;
  /** The token scope it needs. */
  readonly scope: Scope;
  /** `METHOD /path/:field` under /api/v1, or null when only a socket can do it. */
  readonly http: `${Method} /${string}` | null;
  readonly input: z.ZodObject;
  readonly output: z.ZodType;
}

/**
 * Declares a command, keeping its literal types.
 * @param declaration see Command
 */
export function command<const Declaration extends Command>(declaration: Declaration): Declaration {
  return declaration;
}
