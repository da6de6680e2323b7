import type { Pool as Database } from "pg";
import { textSql } from "../text.ts";
import type { Dialect, Person, Row } from "./dialect.ts";
import { readPacket, socketIo } from "./socket_io.ts";

/** The secret of the account that a node under test begins with. */
export const OWNER_TOKEN = `tm_${"bench".repeat(8)}own`;

/** Taskmaster over Socket.IO. */
export const taskmaster: Dialect = {
  ...socketIo,
  numbered: true,

  post: (reference, session_id, id, content) =>
    `42${reference}["message.post",{"session_id":"${session_id}","id":"${id}","content":${content}}]`,

  read: (payload) =>
    readPacket(payload, (name, data: { entries: (Row & { kind: string })[] }) =>
      name === "entries" ? { kind: "rows", rows: data.entries } : { kind: "other" },
    ),

  posted: (data) => data as Row,

  backlog: () => [],

  async enroll(url, _database, count) {
    const people: Person[] = [];
    for (let index = 0; index < count; index += 1) {
      const email = `${crypto.randomUUID()}@example.org`;
      const user = await request(url, "/users", { email, name: `Person ${index}` });
      const token = await request(url, "/tokens", { name: "bench", user_id: user.id });
      people.push({ token: token.token!, user_id: user.id! });
    }
    return people;
  },

  async createSession(owner, _database, people) {
    const { id: session_id } = (await owner.call("session.create", { title: "Bench" })) as {
      id: string;
    };
    for (const { user_id } of people.slice(1)) {
      await owner.call("session.add_member", { session_id, user_id });
    }
    return { session_id, head: people.length - 1 }; // each new member is an entry
  },

  async fill(database, session_id, count) {
    const head = await headOf(database, session_id);
    await database.query(
      `WITH sender AS (
         INSERT INTO agents (id, name, type, owner_id)
         SELECT gen_random_uuid(), 'Agent', 'custom', created_by FROM sessions WHERE id = $1
         RETURNING id
       )
       INSERT INTO messages (id, session_id, seq, sender_agent_id, content)
       SELECT gen_random_uuid(), $1, ${head} + n, sender.id, ${textSql("n")}
         FROM sender, generate_series(1, ${count}) n`,
      [session_id],
    );
    await database.query("UPDATE sessions SET head_seq = head_seq + $2 WHERE id = $1", [
      session_id,
      count,
    ]);
    await database.query("ANALYZE messages");
    return { session_id, head: head + count };
  },
};

async function headOf(database: Database, session_id: string): Promise<number> {
  const { rows } = await database.query("SELECT head_seq FROM sessions WHERE id = $1", [
    session_id,
  ]);
  return Number(rows[0].head_seq);
}

async function request(url: string, path: string, body: unknown): Promise<Record<string, string>> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${OWNER_TOKEN}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as Record<string, string>;
}
