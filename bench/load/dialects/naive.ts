import type { Pool as Database } from "pg";
import { textSql } from "../text.ts";
import type { Dialect, Person, Row } from "./dialect.ts";
import { readPacket, socketIo } from "./socket_io.ts";

interface NaiveRow extends Row {
  readonly id: string;
}

/** The servers of bench/peers/naive.ts and naive_numbered.ts. */
function naiveDialect(numbered: boolean): Dialect {
  return {
    ...socketIo,
    // Not in order even where there are numbers: two commits may be answered in the other order.
    numbered: false,

    post: (reference, session_id, _id, content) =>
      `42${reference}["message.post",{"session_id":"${session_id}","content":${content}}]`,

    read: (payload) =>
      readPacket(payload, (name, row: NaiveRow) =>
        name === "message" ? { kind: "rows", rows: [check(row)] } : { kind: "other" },
      ),

    posted: (data) => check(data as NaiveRow),

    backlog: (data) => (data as NaiveRow[]).map(check),

    async enroll(_url, database, count) {
      const { rows } = await database.query<Person>(
        `WITH new_users AS (
           INSERT INTO users (id, name) SELECT gen_random_uuid(), 'Person ' || n
             FROM generate_series(1, $1) n RETURNING id
         ), new_agents AS (
           INSERT INTO agents (id, owner_id, name) SELECT gen_random_uuid(), id, 'Agent' FROM new_users
         )
         INSERT INTO access_tokens (token, user_id) SELECT gen_random_uuid(), id FROM new_users
         RETURNING token, user_id`,
        [count],
      );
      return rows;
    },

    async createSession(_owner, database, people) {
      const { rows } = await database.query<{ id: string }>(
        "INSERT INTO sessions (id, title, created_by) VALUES (gen_random_uuid(), 'Bench', $1) RETURNING id",
        [people[0]!.user_id],
      );
      return { session_id: rows[0]!.id, head: 0 };
    },

    async fill(database, session_id, count) {
      await insertMessages(database, session_id, count, numbered);
      await database.query("ANALYZE messages");
      const column = numbered ? "seq" : "id";
      const { rows } = await database.query(
        `SELECT max(${column}) AS head FROM messages WHERE session_id = $1`,
        [session_id],
      );
      return { session_id, head: Number(rows[0].head) };
    },
  };

  function check(row: NaiveRow): NaiveRow {
    if (!row.id || (numbered && !row.seq)) throw new Error("a message came without its number");
    return row;
  }
}

async function insertMessages(
  database: Database,
  session_id: string,
  count: number,
  numbered: boolean,
): Promise<void> {
  await database.query(
    `INSERT INTO messages (session_id, ${numbered ? "seq, " : ""}sender_agent_id, content, created_at)
     SELECT sessions.id, ${numbered ? "n, " : ""}agents.id, ${textSql("n")}, now()
       FROM sessions JOIN agents ON agents.owner_id = created_by, generate_series(1, ${count}) n
      WHERE sessions.id = $1 ORDER BY n`,
    [session_id],
  );
  if (!numbered) return;
  await database.query("UPDATE sessions SET head_seq = $2 WHERE id = $1", [session_id, count]);
}

export const naive = naiveDialect(false);
export const naiveNumbered = naiveDialect(true);
