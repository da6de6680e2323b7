import type { Transaction } from "sequelize";
import { CommandError } from "../../contract/errors.ts";
import { Session } from "../../models/index.ts";
import { type Access, accessOf, type Identity, loadAccessRows } from "../stream/access.ts";

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
  const rows = session && (await loadAccessRows([session_id], [identity.user_id], transaction));
  const access = session && accessOf(rows ?? [], session, identity);
  if (!session || !access) throw new CommandError("not_found", "There is no such session for you");
  return { session, access };
}
