import { isDeepStrictEqual } from "node:util";
import { QueryTypes, type Transaction } from "sequelize";
import { v7 as uuidv7 } from "uuid";
import type { Entry, EntryKind } from "../../contract/entry.ts";
import { CommandError } from "../../contract/errors.ts";
import { Session } from "../../models/index.ts";
import type { Access } from "./access.ts";
import type { Draft } from "./draft.ts";
import { kinds, selectEntries, tableOf } from "./kinds.ts";

/** A session whose row this transaction holds; `head_seq` counts on as entries are written. */
export type LockedSession = Access["session"] & { head_seq: number };

/** An entry to be written, and what refuses it if it is not stored yet. */
export interface Candidate {
  readonly draft: Draft;
  readonly refusal?: CommandError | null;
}

/** A stored entry, and whether it had been stored before. */
export interface Written {
  readonly entry: Entry;
  readonly duplicate: boolean;
}

/**
 * Locks session rows until the transaction ends, so that numbers are given in commit order.
 * @param session_ids any order, repeats allowed
 * @returns the sessions that exist, by id
 */
export async function lockSessions(
  session_ids: Iterable<string>,
  transaction: Transaction,
): Promise<Map<string, LockedSession>> {
  const rows = await Session.sequelize!.query<LockedSession>(
    // In id order, so that two transactions that want the same sessions never wait for each other.
    `SELECT id, status, team_id, agent_ids, created_by, head_seq FROM sessions
      WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    { bind: [[...new Set(session_ids)]], type: QueryTypes.SELECT, transaction },
  );
  return new Map(rows.map((row) => [row.id, { ...row, head_seq: Number(row.head_seq) }]));
}

/**
 * Numbers and stores entries: the only writer of the stream.
 * @param candidates entries of sessions in `locked`, in the order in which they get their numbers
 * @param locked what lockSessions gave in the same transaction; their head_seq moves on
 * @returns for each the stored entry, or what refuses it alone: its own refusal, or id_reused
 */
export async function write(
  candidates: readonly Candidate[],
  locked: ReadonlyMap<string, LockedSession>,
  transaction: Transaction,
): Promise<(Written | CommandError)[]> {
  const ids = candidates.flatMap(({ draft }) => draft.id ?? []);
  const known = await findStored(ids, transaction);
  const created_at = new Date().toISOString();
  const fresh: Entry[] = [];
  const results = candidates.map(({ draft, refusal }): Written | CommandError => {
    const stored = draft.id === undefined ? undefined : known.get(draft.id);
    if (stored) return repeat(draft, stored);
    if (refusal) return refusal;
    const session = locked.get(draft.session_id);
    if (!session) throw new Error(`session ${draft.session_id} was not locked before the write`);
    session.head_seq += 1;
    const entry = { ...draft, id: draft.id ?? uuidv7(), seq: session.head_seq, created_at };
    fresh.push(entry);
    known.set(entry.id, entry);
    return { entry, duplicate: false };
  });
  if (fresh.length > 0) await insert(fresh, locked, transaction);
  return results;
}

async function findStored(
  ids: readonly string[],
  transaction: Transaction,
): Promise<Map<string, Entry>> {
  if (ids.length === 0) return new Map();
  const rows = await Session.sequelize!.query<{ entry: Entry }>(
    selectEntries("id = ANY ($1::uuid[])"),
    {
      bind: [ids],
      type: QueryTypes.SELECT,
      transaction,
    },
  );
  return new Map(rows.map(({ entry }) => [entry.id, entry]));
}

function repeat(draft: Draft, stored: Entry): Written | CommandError {
  const { seq, created_at, ...body } = stored;
  // Compared as JSON, since that is what was stored: undefined and -0 do not survive it.
  if (isDeepStrictEqual(JSON.parse(JSON.stringify(draft)), JSON.parse(JSON.stringify(body)))) {
    return { entry: stored, duplicate: true };
  }
  return new CommandError(
    "id_reused",
    `Another entry has the id ${stored.id}. Choose a new id, or send exactly what was sent before`,
  );
}

async function insert(
  entries: readonly Entry[],
  locked: ReadonlyMap<string, LockedSession>,
  transaction: Transaction,
): Promise<void> {
  const rows = (kind: EntryKind) => JSON.stringify(entries.filter((entry) => entry.kind === kind));
  const touched = new Set(entries.map((entry) => entry.session_id));
  const heads = [...touched].map((id) => ({ id, head_seq: locked.get(id)?.head_seq }));
  const inserts = kinds.map(
    (kind, index) =>
      `${kind} AS (INSERT INTO ${tableOf(kind)}
         SELECT * FROM json_populate_recordset(NULL::${tableOf(kind)}, $${index + 1}::json))`,
  );
  // One statement, so that a batch of any mix costs one round trip under the locks.
  await Session.sequelize!.query(
    `WITH ${inserts.join(", ")}
     UPDATE sessions SET head_seq = heads.head_seq
       FROM json_to_recordset($${kinds.length + 1}::json) AS heads (id uuid, head_seq bigint)
      WHERE sessions.id = heads.id`,
    { bind: [...kinds.map(rows), JSON.stringify(heads)], transaction },
  );
}
