import { type LOCK, type Model, type ModelStatic, Op, type Transaction } from "sequelize";
import { CommandError } from "../../contract/errors.ts";
import type { Identity } from "../../models/index.ts";

/** How a change holds the rows it read: its transaction, and the lock its decision needs. */
export interface Hold {
  readonly transaction: Transaction;
  readonly lock?: LOCK;
}

/**
 * A model narrowed to the rows an actor may see.
 * @param model one with a scope `visibleTo`: Session, Agent, Team, Tool
 */
export function visible<Row extends Model>(
  model: ModelStatic<Row>,
  actor: Identity,
): ModelStatic<Row> {
  const { user_id, agent_id } = actor;
  return model.scope({ method: ["visibleTo", { user_id, agent_id }] });
}

/**
 * Loads rows that the actor may see.
 * @param ids which rows; repeats allowed
 * @param hold the change's transaction and lock; nothing for a query
 * @returns the rows, in no particular order
 * @throws CommandError not_found, naming the first that does not exist or that the actor may not see
 */
export async function findAllVisible<Row extends Model & { id: string }>(
  model: ModelStatic<Row>,
  actor: Identity,
  ids: readonly string[],
  hold?: Hold,
): Promise<Row[]> {
  const rows = await visible(model, actor).findAll({
    // In an `and` of its own: a scope's condition on `id` would give way to another on `id`.
    where: { [Op.and]: [{ id: [...ids] }] } as never,
    // In one order everywhere, so that two changes never wait for each other.
    order: ["id"],
    ...hold,
  });
  const found = new Set(rows.map((row) => row.id));
  const missing = ids.find((id) => !found.has(id));
  if (missing === undefined) return rows;
  throw new CommandError("not_found", `There is no ${model.name.toLowerCase()} ${missing} for you`);
}

/**
 * Loads one row that the actor may see.
 * @throws CommandError not_found when it does not exist or the actor may not see it
 */
export async function findVisible<Row extends Model & { id: string }>(
  model: ModelStatic<Row>,
  actor: Identity,
  id: string,
  hold?: Hold,
): Promise<Row> {
  const [row] = await findAllVisible(model, actor, [id], hold);
  return row!;
}
