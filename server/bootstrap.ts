import type { Sequelize } from "sequelize";
import { AccessToken, User } from "../models/index.ts";
import { hashToken, makeToken } from "./actions/token_secret.ts";

/**
 * Makes the owner account on the first start, and sees that BOOTSTRAP_TOKEN signs it in.
 * @param given.email of the owner; owner@localhost unless told
 * @param given.token `tm_…` that the owner must be able to use
 * @returns a token to show once, if one was made: on the first start, when none was given
 */
export async function bootstrap(
  sequelize: Sequelize,
  given: { email: string | undefined; token: string | undefined },
): Promise<string | null> {
  return sequelize.transaction(async (transaction) => {
    // Two nodes on one new database must not make two owners.
    await sequelize.query("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE", { transaction });
    const isFirst = (await User.count({ transaction })) === 0;
    const email = given.email?.toLowerCase() ?? (isFirst ? "owner@localhost" : undefined);
    if (email === undefined || (!isFirst && given.token === undefined)) return null;
    const [user] = await User.findOrCreate({
      where: { email },
      defaults: { email, name: email.split("@")[0]!, is_admin: true },
      transaction,
    });
    const { token, token_hash } = given.token
      ? { token: given.token, token_hash: hashToken(given.token) }
      : makeToken();
    const row = { user_id: user.id, name: "First sign-in", token_hash, scope: "full" } as const;
    const [stored] = await AccessToken.findOrCreate({
      where: { token_hash },
      defaults: row,
      transaction,
    });
    if (stored.revoked_at !== null) await stored.update({ revoked_at: null }, { transaction });
    return given.token ? null : token;
  });
}
