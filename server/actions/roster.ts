import type { Roster } from "../../contract/roster.ts";
import { sqlIn } from "../database/sql.ts";
import type { Actions } from "./action.ts";
import { findSession } from "./session_access.ts";

export const rosterActions = {
  "session.get_roster": {
    kind: "query",
    async run(actor, { session_id, user_ids = [], agent_ids = [] }) {
      const { session } = await findSession(actor, session_id);
      const agents = await readAgents(session_id, agent_ids);
      const known = [session.created_by, ...agents.map(({ owner_id }) => owner_id)];
      return { users: await readUsers(session_id, known, user_ids), agents };
    },
  },
} satisfies Partial<Actions>;

/**
 * Reads the agents of a session.
 * @param asked others, told if the stream names them
 */
function readAgents(session_id: string, asked: readonly string[]): Promise<Roster["agents"]> {
  return sqlIn(null)(
    `SELECT id, name, type, role, owner_id FROM agents
      WHERE id IN (
        SELECT agent_id FROM session_access WHERE session_id = $1
        UNION
        SELECT asked.id FROM unnest($2::uuid[]) AS asked (id)
         WHERE ${named("messages", "sender_agent_id")} OR ${named("log_entries", "agent_id")})
      ORDER BY id`,
    [session_id, asked],
  );
}

/**
 * Reads the members of a session, and others.
 * @param known told in any case
 * @param asked told if the stream names them
 */
function readUsers(
  session_id: string,
  known: readonly string[],
  asked: readonly string[],
): Promise<Roster["users"]> {
  return sqlIn(null)(
    `SELECT id, name, avatar_url FROM users
      WHERE id IN (
        SELECT unnest($2::uuid[])
        UNION
        SELECT user_id FROM session_members WHERE session_id = $1
        UNION
        SELECT asked.id FROM unnest($3::uuid[]) AS asked (id)
         WHERE ${named("prompts", "created_by")} OR ${named("comments", "user_id")}
            OR ${named("log_entries", "user_id")})
      ORDER BY id`,
    [session_id, known, asked],
  );
}

/**
 * Whether an entry of the session names who is asked for, by one look into the index of both: the
 * first place in it that is not before theirs. EXISTS would have the planner read the session's
 * entries until it finds them, which takes all of them for somebody who is not there. NOT NULL is for
 * the index that holds no others.
 */
const named = (table: string, column: string) =>
  `(asked.id, $1::uuid) = (
     SELECT ${column}, session_id FROM ${table}
      WHERE ${column} IS NOT NULL AND (${column}, session_id) >= (asked.id, $1::uuid)
      ORDER BY ${column}, session_id LIMIT 1)`;
