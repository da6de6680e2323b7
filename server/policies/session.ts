import type { Identity, Session, SessionRole } from "../../models/index.ts";
import { isPerson } from "./person.ts";

/**
 * What an actor may do in one session, as far as rules ask. A bot's role comes from its agent's place
 * in the session, never from its owner's membership.
 */
export interface Standing {
  readonly identity: Identity;
  readonly session: Pick<Session, "status">;
  readonly role: SessionRole;
  /** The agents of the session it may speak as. */
  readonly agent_ids: readonly string[];
  /** The user_proxy agent of a person. */
  readonly proxy_agent_id: string | null;
}

/** Whether the actor may open a session. */
export function mayCreateSession(actor: Identity): boolean {
  return isPerson(actor);
}

/** Whether the actor may change the session and say who is in it: its owner may. */
export function mayChangeSession(access: Pick<Standing, "identity" | "role">): boolean {
  return isPerson(access.identity) && access.role === "owner";
}

/** Whether the actor may add entries: owners and participants may, observers only read. */
export function mayPost(access: Pick<Standing, "role">): boolean {
  return access.role !== "observer";
}

/** Whether the session takes posts at all. */
export function isOpen(session: Pick<Session, "status">): boolean {
  return session.status !== "archived";
}
