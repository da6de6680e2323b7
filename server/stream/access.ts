import type { SessionRole, Session as SessionRow } from "../../contract/session.ts";
import type { Identity } from "../../models/index.ts";
import { uuids } from "../database/binary.ts";
import type { Sql } from "../database/sql.ts";

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

/** Who may enter which sessions, read at one moment. */
export class AccessTable {
  readonly #rows = new Map<string, AccessRow[]>();
  /** By the identity itself, since a connection posts with one and the same. */
  readonly #access = new Map<Identity, Map<string, Access | null>>();

  /** @param rows of the sessions and users in question, read in one statement */
  constructor(rows: readonly AccessRow[]) {
    for (const row of rows) {
      const place = `${row.session_id} ${row.user_id}`;
      const known = this.#rows.get(place);
      if (known) known.push(row);
      else this.#rows.set(place, [row]);
    }
  }

  /**
   * Reads who may enter which session.
   * @param session_ids the sessions in question
   * @param user_ids the users in question
   */
  static async load(
    session_ids: readonly string[],
    user_ids: readonly string[],
    sql: Sql,
  ): Promise<AccessTable> {
    const rows = await sql<AccessRow>(
      `SELECT session_id, user_id, agent_id, role FROM session_access
        WHERE session_id = ANY ($1::uuid[]) AND user_id = ANY ($2::uuid[])`,
      [uuids(session_ids), uuids(user_ids)],
    );
    return new AccessTable(rows);
  }

  /**
   * Decides what one actor may do in one session.
   * @param session_id one of those that were read
   * @param identity of one of the users that were read
   * @returns null when it may not even see the session
   */
  rights(session_id: string, identity: Identity): Rights | null {
    const rows = this.#rows.get(`${session_id} ${identity.user_id}`) ?? [];
    // A bot enters by its own agent only, whatever else its owner may enter.
    const own = rows.filter(
      (row) => identity.agent_id === null || row.agent_id === identity.agent_id,
    );
    return own.length === 0 ? null : sum(own);
  }

  /**
   * Decides the same for a session whose row is at hand, once for each.
   * @param proxy_agent_id the agent a person speaks through, where it matters
   * @returns null when it may not even see the session
   */
  access(
    session: Access["session"],
    identity: Identity,
    proxy_agent_id: string | null = null,
  ): Access | null {
    let known = this.#access.get(identity);
    if (!known) {
      known = new Map();
      this.#access.set(identity, known);
    }
    let access = known.get(session.id);
    if (access === undefined) {
      const rights = this.rights(session.id, identity);
      access = rights && {
        role: rights.role,
        agent_ids: rights.agent_ids,
        identity,
        session,
        proxy_agent_id,
      };
      known.set(session.id, access);
    }
    return access;
  }
}

function sum(rows: readonly AccessRow[]): Rights {
  const role = rows.reduce<SessionRole>(
    (best, row) => (rank[row.role] > rank[best] ? row.role : best),
    "observer",
  );
  const agent_ids = rows.flatMap((row) =>
    row.agent_id !== null && row.role !== "observer" ? [row.agent_id] : [],
  );
  return { role, agent_ids };
}
