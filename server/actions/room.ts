import { sqlIn } from "../database/sql.ts";
import type { Access } from "../stream/access.ts";
import { findProxyAgents } from "../stream/proxy_agent.ts";
import type { ChangeContext } from "./action.ts";
import { assertMayPost } from "./posting.ts";
import { lockSession } from "./session_access.ts";

/**
 * Holds a session in whose room a command is to do something.
 * @returns what the actor may do there, with the agent a person speaks through
 * @throws CommandError not_found, forbidden, session_closed
 */
export async function enterRoom(
  { actor, transaction }: ChangeContext,
  session_id: string,
): Promise<Access> {
  const { access } = await lockSession(actor, session_id, transaction);
  assertMayPost(access);
  if (actor.agent_id !== null) return access;
  const proxies = await findProxyAgents([actor.user_id], sqlIn(transaction));
  return { ...access, proxy_agent_id: proxies.get(actor.user_id) ?? null };
}
