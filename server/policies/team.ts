import type { Identity, Team } from "../../models/index.ts";
import { isPerson, isThePerson } from "./person.ts";

/** Whether the actor may make a team. */
export function mayCreateTeam(actor: Identity): boolean {
  return isPerson(actor);
}

/** Whether the actor may change and delete this team: its owner may. */
export function mayChangeTeam(actor: Identity, team: Pick<Team, "owner_id">): boolean {
  return isThePerson(actor, team.owner_id);
}
