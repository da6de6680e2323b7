import type { Standing } from "./session.ts";

/** Whether the actor may speak as this agent: a bot as its own, a person as their proxy or as agents of the session they own. */
export function maySpeakAs(
  access: Pick<Standing, "agent_ids" | "proxy_agent_id">,
  agent_id: string,
): boolean {
  return access.agent_ids.includes(agent_id) || access.proxy_agent_id === agent_id;
}
