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
 * @param asked others, told if the stream names them; each costs two look-ups in an index
 */
function readAgents(session_id: string, asked: readonly string[]): Promise<Roster["agents"]> {
  return sqlIn(null)(
    `SELECT id, name, type, role, owner_id FROM agents
      WHERE id IN (
        SELECT agent_id FROM session_access WHERE session_id = $1
        UNION
        SELECT asked.id FROM unnest($2::uuid[]) AS asked (id)
         WHERE EXISTS (SELECT FROM messages WHERE sender_agent_id = asked.id AND session_id = $1)
            OR EXISTS (SELECT FROM log_entries WHERE agent_id = asked.id AND session_id = $1))
      ORDER BY id`,
    [session_id, asked],
  );
}

/**
 * Reads the members of a session, and others.
 * @param known told in any case
 * @param asked told if the stream names them; each costs three look-ups in an index
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
         WHERE EXISTS (SELECT FROM prompts WHERE created_by = asked.id AND session_id = $1)
            OR EXISTS (SELECT FROM comments WHERE user_id = asked.id AND session_id = $1)
            OR EXISTS (SELECT FROM log_entries WHERE user_id = asked.id AND session_id = $1))
      ORDER BY id`,
    [session_id, known, asked],
  );
}
