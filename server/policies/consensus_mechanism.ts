import type { Identity, Team } from "../../models/index.ts";
import { mayChangeTeam } from "./team.ts";

/** Whether the actor may make, change and delete the ways this team decides: its owner may. */
export function mayChangeMechanism(actor: Identity, team: Pick<Team, "owner_id">): boolean {
  return mayChangeTeam(actor, team);
}
