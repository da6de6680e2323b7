import type { Entry } from "../contract/entry.ts";
import type { Client } from "./client.ts";
import type { FollowOptions } from "./session.ts";

/**
 * Follows a session; the same as `client.session(session_id).entries(options)`.
 * @param client stays open when the iteration ends
 */
export function follow(
  client: Client,
  session_id: string,
  options: FollowOptions = {},
): AsyncGenerator<Entry, void, void> {
  return client.session(session_id).entries(options);
}
