import { QueryTypes, type Transaction } from "sequelize";
import type { SessionRole, Session as SessionRow } from "../../contract/session.ts";
import { type Identity, Session } from "../../models/index.ts";

export type { Identity };

/** What an actor may do in a session. */
export interface Rights {
  readonly role: SessionRole;
  /** The agents of the session it may speak as: a bot's one agent, or those its user owns. */
  readonly agent_ids: readonly string[];
}

/** An actor's rights in a session, with what a post is checked against. */
export interface Access extends Rights {
  readonly identity: Identity;
  readonly session: Pick<SessionRow, "id" | "status" | "team_id" | "agent_ids" | "created_by">;
  /** The user_proxy agent a person speaks through; null for a bot, or when not loaded. */
  readonly proxy_agent_id: string | null;
}

/** A row of the view session_access, the one place that says who may enter a session. */
export interface AccessRow {
  session_id: string;
  user_id: string;
  agent_id: string | null;
  role: SessionRole;
}

const rank: Record<SessionRole, number> = { observer: 0, participant: 1, owner: 2 };

/**
 * Reads who may enter which session.
 * @param session_ids the sessions in question
 * @param user_ids the users in question
 * @returns the rows of session_access for every pair of the two
 */
export function loadAccessRows(
  session_ids: readonly string[],
  user_ids: readonly string[],
  transaction: Transaction | null = null,
): Promise<AccessRow[]> {
  return Session.sequelize!.query<AccessRow>(
    `SELECT session_id, user_id, agent_id, role FROM session_access
      WHERE session_id = ANY ($1::uuid[]) AND user_id = ANY ($2::uuid[])`,
    { bind: [session_ids, user_ids], type: QueryTypes.SELECT, transaction },
  );
}

/**
 * Decides what one actor may do in one session.
 * @param rows access rows that include those of this session and user; others are passed over
 * @returns null when it may not even see the session
 */
export function rightsOf(
  rows: readonly AccessRow[],
  session_id: string,
  identity: Identity,
): Rights | null {
  const own = rows.filter(
    (row) =>
      row.session_id === session_id &&
      row.user_id === identity.user_id &&
      // A bot enters by its own agent only, whatever else its owner may enter.
      (identity.agent_id === null || row.agent_id === identity.agent_id),
  );
  if (own.length === 0) return null;
  const role = own.reduce<SessionRole>(
    (best, row) => (rank[row.role] > rank[best] ? row.role : best),
    "observer",
  );
  const agent_ids = own.flatMap((row) =>
    row.agent_id !== null && row.role !== "observer" ? [row.agent_id] : [],
  );
  return { role, agent_ids };
}

/**
 * Decides the same for a session whose row is at hand.
 * @param rows as for rightsOf
 * @param proxy_agent_id the agent a person speaks through, where it matters
 * @returns null when it may not even see the session
 */
export function accessOf(
  rows: readonly AccessRow[],
  session: Access["session"],
  identity: Identity,
  proxy_agent_id: string | null = null,
): Access | null {
  const rights = rightsOf(rows, session.id, identity);
  return rights && { ...rights, identity, session, proxy_agent_id };
}
