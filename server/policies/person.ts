import type { Identity } from "../../models/index.ts";

/**
 * Whether a user acts with a token of their own. A bot acts under its owner's name, but owns nothing
 * and manages nothing: what it may do, it may do as its one agent.
 */
export function isPerson(actor: Identity): boolean {
  return actor.agent_id === null;
}

/** Whether the actor is the very person with this id. */
export function isThePerson(actor: Identity, user_id: string): boolean {
  return isPerson(actor) && actor.user_id === user_id;
}
