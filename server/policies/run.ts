import { isPerson } from "./person.ts";
import { mayPost, type Standing } from "./session.ts";

/**
 * Whether the actor may pause, resume and stop runs, and give turns: participants who are people,
 * and the bot of the agent that coordinates the team.
 * @param coordinator_id the agent that coordinates, if one does
 */
export function mayDirectRun(
  access: Pick<Standing, "identity" | "role">,
  coordinator_id: string | null,
): boolean {
  const { identity } = access;
  return mayPost(access) && (isPerson(identity) || identity.agent_id === coordinator_id);
}
