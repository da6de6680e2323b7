import type { Transaction } from "sequelize";
import { Session } from "../../models/index.ts";
import type { ChangeContext } from "./action.ts";

/**
 * Holds the sessions of some teams to the end of a change: what is posted there, and whose turn it becomes by that,
 * comes wholly before the change or wholly after it. Nothing that a post waits for may be held before.
 */
export async function holdSessions(
  team_ids: readonly string[],
  transaction: Transaction,
): Promise<void> {
  await Session.findAll({
    attributes: ["id"],
    where: { team_id: [...team_ids] },
    order: [["id", "ASC"]],
    lock: transaction.LOCK.NO_KEY_UPDATE,
    transaction,
  });
}

/**
 * Has every live connection to the sessions of some teams checked again, since an agent's place in a
 * team is its owner's and its bots' place in the team's sessions.
 * @param team_ids the teams that an agent left, or in which its role changed
 * @param context the change that did it
 */
export async function revokeInTeams(
  team_ids: readonly string[],
  { transaction, revoke }: Pick<ChangeContext, "revoke"> & { transaction: Transaction },
): Promise<void> {
  const where = { team_id: [...team_ids] };
  const sessions = await Session.findAll({ attributes: ["id"], where, transaction });
  if (sessions.length > 0) await revoke({ session_ids: sessions.map((session) => session.id) });
}
