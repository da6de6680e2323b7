import type { Agent, Identity } from "../../models/index.ts";
import { isPerson, isThePerson } from "./person.ts";

/** Whether the actor may make an agent. */
export function mayCreateAgent(actor: Identity): boolean {
  return isPerson(actor);
}

/** Whether the actor may change and delete this agent: its owner may. */
export function mayChangeAgent(actor: Identity, agent: Pick<Agent, "owner_id">): boolean {
  return isThePerson(actor, agent.owner_id);
}
