import { QueryTypes, type Transaction } from "sequelize";
import { Agent, User } from "../../models/index.ts";

/**
 * Finds the user_proxy agents that people speak through, and makes those that are missing.
 * @param user_ids whose; repeats allowed
 * @param transaction one that holds the session rows it needs already; users are locked after them
 * @returns user id → agent id, for every user that exists; the oldest where a user owns several
 */
export async function findProxyAgents(
  user_ids: readonly string[],
  transaction: Transaction,
): Promise<Map<string, string>> {
  const wanted = [...new Set(user_ids)];
  if (wanted.length === 0) return new Map();
  const found = await oldestProxies(wanted, transaction);
  const missing = wanted.filter((user_id) => !found.has(user_id));
  if (missing.length === 0) return found;
  // The lock makes a second node wait here, and then find what the first one made.
  const users = await User.findAll({
    where: { id: missing },
    order: ["id"],
    lock: transaction.LOCK.NO_KEY_UPDATE,
    transaction,
  });
  const madeMeanwhile = await oldestProxies(missing, transaction);
  for (const user of users) {
    const made = madeMeanwhile.get(user.id);
    const id =
      made ??
      (
        await Agent.create(
          { name: user.name, type: "user_proxy", role: "", config: {}, owner_id: user.id },
          { transaction },
        )
      ).id;
    found.set(user.id, id);
  }
  return found;
}

async function oldestProxies(
  user_ids: readonly string[],
  transaction: Transaction,
): Promise<Map<string, string>> {
  const rows = await Agent.sequelize!.query<{ owner_id: string; id: string }>(
    `SELECT DISTINCT ON (owner_id) owner_id, id FROM agents
      WHERE type = 'user_proxy' AND owner_id = ANY ($1::uuid[])
      ORDER BY owner_id, created_at, id`,
    { bind: [user_ids], type: QueryTypes.SELECT, transaction },
  );
  return new Map(rows.map((row) => [row.owner_id, row.id]));
}
