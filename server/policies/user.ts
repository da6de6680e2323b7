import type { Identity } from "../../models/index.ts";
import { isPerson } from "./person.ts";

/** Whether the actor may change their own name and picture. */
export function mayUpdateMe(actor: Identity): boolean {
  return isPerson(actor);
}

/** Whether the actor may find the person with an address, as who lets them into a session must. */
export function mayFindUsers(actor: Identity): boolean {
  return isPerson(actor);
}

/** Whether the actor may list and add the people of this instance. */
export function mayManageUsers(actor: Identity & { readonly is_admin: boolean }): boolean {
  return isPerson(actor) && actor.is_admin;
}
