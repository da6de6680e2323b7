import type { Output } from "../../contract/commands.ts";
import { type Identity, Turn } from "../../models/index.ts";
import { sqlIn } from "../database/sql.ts";
import { type PageInput, readPage } from "./page.ts";
import { wire } from "./wire.ts";

/**
 * Lists the open turns that an actor may answer, over all sessions. Bots ask for it every second, so
 * it is one statement, which costs what it finds (and for a person what their sessions have open).
 * @returns a page, newest first
 */
export function listWaiting(
  { user_id, agent_id }: Identity,
  input: PageInput,
): Promise<Output<"me.list_turns">> {
  const [waiting, asker] = agent_id === null ? [ofPerson, user_id] : [ofBot, agent_id];
  // Named, because a prepared `*` fails once a migration has added a column.
  const columns = Object.keys(Turn.getAttributes()).map((column) => `turns.${column}`);
  const read = async (after: string | number | null, count: number) => {
    // First what is open, then whether it may be answered, row by row: the planner, left to itself,
    // reads who may enter every session there is.
    const rows = await sqlIn(null)<Turn & { session_title: string }>(
      `WITH waiting (id) AS MATERIALIZED (${waiting})
       SELECT ${columns.join(", ")}, sessions.title AS session_title
         FROM waiting JOIN turns USING (id) JOIN sessions ON sessions.id = turns.session_id,
              LATERAL (
                SELECT FROM session_access
                 WHERE session_access.session_id = turns.session_id
                   AND session_access.agent_id = turns.agent_id AND role <> 'observer' LIMIT 1) AS place
        WHERE turns.id < $2 AND sessions.status <> 'archived'
        ORDER BY turns.id DESC LIMIT $3`,
      [asker, after ?? LAST_ID, count],
    );
    return rows.map(({ session_title, ...turn }) => ({
      ...wire(Turn.build(turn as Turn, { raw: true })),
      session_title,
    }));
  };
  return readPage({ key: "id", placeOf: ({ id }) => id, read }, input);
}

const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

const ofBot = `
  SELECT id FROM turns WHERE status = 'open' AND agent_id = $1::uuid`;

/** What config.members of a team says of the turn's agent, by its id or its name; see settingsOf. */
const settings = `coalesce(
  plan -> 'config' -> 'members' -> turns.agent_id::text,
  plan -> 'config' -> 'members' -> (
    SELECT member ->> 'name' FROM jsonb_array_elements(plan -> 'members') AS member
     WHERE member ->> 'agent_id' = turns.agent_id::text LIMIT 1))`;

// The second half is answerableBy of server/orchestration/members.ts, for all sessions at once.
const ofPerson = `
  SELECT turns.id FROM agents JOIN turns ON turns.agent_id = agents.id
   WHERE agents.owner_id = $1::uuid AND agents.type = 'user_proxy' AND turns.status = 'open'
  UNION
  SELECT turns.id FROM turns, LATERAL (
      SELECT plan FROM runs WHERE runs.session_id = turns.session_id
       ORDER BY runs.id DESC LIMIT 1) AS run
   WHERE turns.status = 'open'
     AND turns.session_id IN (
       SELECT session_id FROM session_access WHERE user_id = $1::uuid AND role <> 'observer')
     AND ${settings} -> 'answerable_by' ? $1::uuid::text`;
