import type { AccessToken, Agent, Identity } from "../../models/index.ts";
import { isPerson, isThePerson } from "./person.ts";
import { mayManageUsers } from "./user.ts";

type Manager = Identity & { readonly is_admin: boolean };

/** Whether the actor may see tokens at all; which ones, their list decides. */
export function mayListTokens(actor: Identity): boolean {
  return isPerson(actor);
}

/** Whether the actor may make a token for this user: their own, or as an admin anybody's. */
export function mayCreateToken(actor: Manager, user_id: string): boolean {
  return isThePerson(actor, user_id) || mayManageUsers(actor);
}

/** Whether a token of this user may speak as this agent. */
export function mayBindToken(user_id: string, agent: Pick<Agent, "owner_id">): boolean {
  return agent.owner_id === user_id;
}

/** Whether the actor may end this token: their own, or as an admin anybody's. */
export function mayRevokeToken(actor: Manager, token: Pick<AccessToken, "user_id">): boolean {
  return isThePerson(actor, token.user_id) || mayManageUsers(actor);
}
