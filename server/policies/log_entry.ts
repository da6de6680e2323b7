import { maySpeakAs } from "./message.ts";
import type { Standing } from "./session.ts";

/** Whether the actor may charge an entry to this agent: to one that it may speak as. */
export function mayChargeTo(
  access: Pick<Standing, "agent_ids" | "proxy_agent_id">,
  agent_id: string,
): boolean {
  return maySpeakAs(access, agent_id);
}
