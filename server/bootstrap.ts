import type { Sequelize } from "sequelize";
import { AccessToken, User } from "../models/index.ts";
import { hashToken, makeToken } from "./actions/token_secret.ts";

/**
 * Makes the owner account on the first start, and sees that BOOTSTRAP_TOKEN signs it in, also on later
 * starts: whoever sets the environment of the server owns it.
 * @param given.email of the owner; unless told the oldest admin, and owner@localhost at first
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
    // Other people may come first, by a JWT, but never as admins.
    const admin = await User.findOne({
      where: { is_admin: true },
      order: [["created_at", "ASC"]],
      transaction,
    });
    if (admin !== null && given.token === undefined) return null;
    const email = given.email ?? admin?.email ?? "owner@localhost";
    const [user] = await User.findOrCreate({
      where: { email },
      defaults: { email, name: email.split("@")[0]! },
      transaction,
    });
    await user.update({ is_admin: true }, { transaction });
    const { token, token_hash } = given.token
      ? { token: given.token, token_hash: hashToken(given.token) }
      : makeToken();
    const row = { user_id: user.id, name: "First sign-in", token_hash, scope: "full" } as const;
    const [stored] = await AccessToken.findOrCreate({
      where: { token_hash },
      defaults: row,
      transaction,
    });
    // It may have been revoked, have expired, or been a bot's, or somebody else's before BOOTSTRAP_EMAIL was changed.
    const lasting = { agent_id: null, expires_at: null, revoked_at: null };
    await stored.update({ ...row, ...lasting }, { transaction });
    return given.token ? null : token;
  });
}
