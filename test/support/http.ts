import type { Method } from "../../contract/command.ts";
import { type CommandName, commands } from "../../contract/commands.ts";

export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  /** The body, read as JSON. */
  readonly body: unknown;
}

/**
 * Sends a command over HTTP: its input goes where the declaration says, into path, query and body.
 * @param token null for a request without one
 */
export async function sendHttp(
  url: string,
  token: string | null,
  name: CommandName,
  input: object,
): Promise<HttpReply> {
  const [method, path] = commands[name].http!.split(" ") as [Method, string];
  const rest: Record<string, unknown> = { ...input };
  const place = path.replace(/:(\w+)/g, (_, field: string) => {
    const value = encodeURIComponent(asText(rest[field]));
    delete rest[field];
    return value;
  });
  if (method !== "GET" && method !== "DELETE") {
    return request(url, token, place, { method, body: JSON.stringify(rest) });
  }
  const query = new URLSearchParams(
    Object.entries(rest).flatMap(([field, value]): [string, string][] =>
      [value].flat().map((one) => [field, asText(one)]),
    ),
  );
  return request(url, token, `${place}?${query}`, { method });
}

// Through a Buffer, because a lone surrogate has no place in a URL.
function asText(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : `${JSON.stringify(value)}`).toString();
}

/** Sends any request to the API; the body is said to be JSON unless `init` says otherwise. */
export async function request(
  url: string,
  token: string | null,
  path: string,
  init: RequestInit = {},
): Promise<HttpReply> {
  const response = await fetch(`${url}/api/v1${path}`, {
    ...init,
    headers: {
      ...(token !== null && { Authorization: `Bearer ${token}` }),
      ...(init.body != null && { "Content-Type": "application/json" }),
      ...init.headers,
    },
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
