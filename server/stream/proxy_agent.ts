import { uuids } from "../database/binary.ts";
import type { Sql } from "../database/sql.ts";
import { newId } from "./new_id.ts";

/**
 * Finds the user_proxy agents that people speak through, and makes those that are missing.
 * @param user_ids whose; repeats allowed
 * @param sql in a transaction that holds the session rows it needs already; users are locked after
 *   them
 * @returns user id → agent id, for every user that exists; the oldest where a user owns several
 */
export async function findProxyAgents(
  user_ids: readonly string[],
  sql: Sql,
): Promise<Map<string, string>> {
  const wanted = [...new Set(user_ids)];
  if (wanted.length === 0) return new Map();
  const found = await oldestProxies(wanted, sql);
  const missing = wanted.filter((user_id) => !found.has(user_id));
  if (missing.length === 0) return found;
  // The lock makes a second node wait here, and then find what the first one made.
  const users = await sql<{ id: string; name: string }>(
    "SELECT id, name FROM users WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE",
    [uuids(missing)],
  );
  const madeMeanwhile = await oldestProxies(missing, sql);
  for (const user of users) {
    found.set(user.id, madeMeanwhile.get(user.id) ?? (await makeProxy(user, sql)));
  }
  return found;
}

async function makeProxy(user: { id: string; name: string }, sql: Sql): Promise<string> {
  const id = newId();
  await sql(
    `INSERT INTO agents (id, name, type, role, config, owner_id, created_at, updated_at)
     VALUES ($1, $2, 'user_proxy', '', '{}', $3, now(), now())`,
    [id, user.name, user.id],
  );
  return id;
}

async function oldestProxies(user_ids: readonly string[], sql: Sql): Promise<Map<string, string>> {
  const rows = await sql<{ owner_id: string; id: string }>(
    `SELECT DISTINCT ON (owner_id) owner_id, id FROM agents
      WHERE type = 'user_proxy' AND owner_id = ANY ($1::uuid[])
      ORDER BY owner_id, created_at, id`,
    [uuids(user_ids)],
  );
  return new Map(rows.map((row) => [row.owner_id, row.id]));
}
