import type { Transaction } from "sequelize";
import { CommandError } from "../../contract/errors.ts";
import type { Identity } from "../../models/index.ts";
import { Session } from "../../models/index.ts";
import { sqlIn } from "../database/sql.ts";
import { type Access, AccessTable } from "../stream/access.ts";

/**
 * Loads a session together with what the actor may do in it.
 * @param identity who asks
 * @param session_id which session
 * @returns the model's row and the access
 * @throws CommandError not_found when it does not exist or the actor may not see it
 */
export async function findSession(
  identity: Identity,
  session_id: string,
  transaction: Transaction | null = null,
): Promise<{ session: Session; access: Access }> {
  const session = await Session.findByPk(session_id, { transaction });
  return withAccess(identity, session, transaction);
}

/**
 * Loads a session as findSession does, and holds it until the change ends: others that change it, or
 * post to it, wait. To be called before any other row is locked, so that nobody waits in a circle.
 */
export async function lockSession(
  identity: Identity,
  session_id: string,
  transaction: Transaction,
): Promise<{ session: Session; access: Access }> {
  const lock = transaction.LOCK.NO_KEY_UPDATE;
  const session = await Session.findByPk(session_id, { transaction, lock });
  return withAccess(identity, session, transaction);
}

/**
 * Adds what the actor may do in a session to its row.
 * @param session null if there is none
 * @throws CommandError not_found, also when the actor may not see it
 */
export async function withAccess(
  identity: Identity,
  session: Session | null,
  transaction: Transaction | null = null,
): Promise<{ session: Session; access: Access }> {
  const table =
    session && (await AccessTable.load([session.id], [identity.user_id], sqlIn(transaction)));
  const access = session && table!.access(session, identity);
  if (!session || !access) throw new CommandError("not_found", "There is no such session for you");
  return { session, access };
}
