import type { Attributes, Transaction } from "sequelize";
import { CommandError } from "../../contract/errors.ts";
import type { Identity, SessionMember } from "../../models/index.ts";
import { Session } from "../../models/index.ts";
import { sqlIn } from "../database/sql.ts";
import { type Access, type AccessRow, AccessTable } from "../stream/access.ts";
import type { Wire } from "./wire.ts";

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
 * Refuses a cursor of another stream than the session's, such as one from before a restore: whoever went on
 * from it would pass over entries of this one.
 * @throws CommandError invalid_input where it is beyond the newest entry
 */
export function assertReached({ head_seq }: Session, after: number): void {
  if (after <= head_seq) return;
  throw new CommandError(
    "invalid_input",
    `after is ${after}, but the newest entry of this session is ${head_seq}`,
  );
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
 * Loads a session as findSession does, with its members, all as of one moment: every entry that they
 * do not yet show comes after the session's head_seq, and whoever applies those misses none.
 * @returns beside them the members as the wire has them, the newest first
 */
export async function findSnapshot(
  identity: Identity,
  session_id: string,
): Promise<{ session: Session; access: Access; members: Wire<Attributes<SessionMember>>[] }> {
  // Named, because a prepared `*` fails once a migration has added a column.
  const columns = Object.keys(Session.getAttributes()).join(", ");
  const [row] = await sqlIn(null)<SnapshotRow>(
    `SELECT ${columns},
            (SELECT json_agg(session_access) FROM session_access
              WHERE session_id = sessions.id AND user_id = $2) AS access_rows,
            (SELECT json_agg(session_members ORDER BY id DESC) FROM session_members
              WHERE session_id = sessions.id) AS members
       FROM sessions WHERE id = $1`,
    [session_id, identity.user_id],
  );
  const { access_rows, members, ...fields } = row ?? {};
  const session = row ? Session.build(fields as Session, { raw: true, isNewRecord: false }) : null;
  return {
    ...allowed(identity, session, new AccessTable(access_rows ?? [])),
    // PostgreSQL writes times in JSON with an offset; the contract says UTC.
    members: (members ?? []).map((member) => ({
      ...member,
      joined_at: new Date(member.joined_at).toISOString(),
    })),
  };
}

type SnapshotRow = Attributes<Session> & {
  /** Null without any. */
  access_rows: AccessRow[] | null;
  members: Wire<Attributes<SessionMember>>[] | null;
};

async function withAccess(
  identity: Identity,
  session: Session | null,
  transaction: Transaction | null,
): Promise<{ session: Session; access: Access }> {
  const session_ids = session ? [session.id] : [];
  const table = await AccessTable.load(session_ids, [identity.user_id], sqlIn(transaction));
  return allowed(identity, session, table);
}

/** @throws CommandError not_found, also when the actor may not see it */
function allowed(
  identity: Identity,
  session: Session | null,
  table: AccessTable,
): { session: Session; access: Access } {
  const access = session && table.access(session, identity);
  if (!session || !access) throw new CommandError("not_found", "There is no such session for you");
  return { session, access };
}
