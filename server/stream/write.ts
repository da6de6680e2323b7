import { isDeepStrictEqual } from "node:util";
import type { Entry } from "../../contract/entry.ts";
import { CommandError } from "../../contract/errors.ts";
import { bigints, uuids } from "../database/binary.ts";
import type { Sql, Work } from "../database/sql.ts";
import type { Access } from "./access.ts";
import type { Draft } from "./draft.ts";
import { insert } from "./insert.ts";
import { kinds, modelOf } from "./kinds.ts";
import { newId } from "./new_id.ts";
import { Rooms } from "./rooms.ts";

/** A session whose row this transaction holds; `head_seq` counts on as entries are written. */
export type LockedSession = Access["session"] & {
  head_seq: number;
  /** What it was when the row was locked. */
  readonly found_head_seq: number;
  /** What the row says. */
  row_head_seq: number;
};

type SessionRow = Omit<LockedSession, "found_head_seq" | "row_head_seq">;

const SESSION_COLUMNS = "id, status, team_id, agent_ids, created_by, head_seq";

/** An entry to be written, and what refuses it if it is not stored yet. */
export interface Candidate {
  readonly draft: Draft;
  readonly refusal?: CommandError | null;
}

/** A stored entry, its JSON, and whether it had been stored before. */
export interface Written {
  readonly entry: Entry;
  readonly text: string;
  readonly duplicate: boolean;
}

/**
 * Locks session rows until the transaction ends, so that numbers are given in commit order.
 * @param session_ids any order, repeats allowed
 * @returns the sessions that exist, by id
 */
export async function lockSessions(
  session_ids: Iterable<string>,
  sql: Sql,
): Promise<Map<string, LockedSession>> {
  const rows = await sql<SessionRow>(
    // In id order, so that two transactions that want the same sessions never wait for each other.
    `SELECT ${SESSION_COLUMNS} FROM sessions WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    [uuids([...new Set(session_ids)])],
  );
  return new Map(
    rows.map((row) => {
      const { head_seq } = row;
      return [row.id, { ...row, found_head_seq: head_seq, row_head_seq: head_seq }];
    }),
  );
}

/**
 * Locks session rows as lockSessions does, and writes at once how far they come if what is expected is
 * written, so that their rows need no second statement; `write` puts right what came otherwise.
 * @param expected session id → how many entries
 * @param sql of a connection that reads rows by index only, and so in id order
 */
export async function reserveNumbers(
  expected: ReadonlyMap<string, number>,
  sql: Sql,
): Promise<Map<string, LockedSession>> {
  const rows = await sql<SessionRow>(
    `UPDATE sessions SET head_seq = head_seq + ($2::bigint[])[array_position($1::uuid[], id)]
      WHERE id = ANY ($1::uuid[]) RETURNING ${SESSION_COLUMNS}`,
    [uuids([...expected.keys()]), bigints([...expected.values()])],
  );
  return new Map(
    rows.map(({ head_seq: row_head_seq, ...row }) => {
      const head_seq = row_head_seq - expected.get(row.id)!;
      return [row.id, { ...row, head_seq, found_head_seq: head_seq, row_head_seq }];
    }),
  );
}

/**
 * Does what reserveNumbers does for sessions of which this node knows already what is decided by, and lets the
 * transaction fail, as a serialization failure, if anything of that has changed.
 * @param known the sessions as they were, but for row_head_seq, which says how far they come if what is
 *   expected is written
 * @param new_ids as clients chose them, of which none may be stored yet
 * @param proxy_ids of the agents through which people post
 */
export function reserveKnownNumbers(
  known: ReadonlyMap<string, LockedSession>,
  new_ids: readonly string[],
  proxy_ids: readonly string[],
  sql: Sql,
): Promise<unknown> {
  const sessions = [...known.values()];
  return sql(
    `SELECT reserve_known_numbers(
       $1::uuid[], $2::bigint[], $3::bigint[], $4::uuid[], $5::uuid[])`,
    [
      uuids(sessions.map(({ id }) => id)),
      bigints(sessions.map(({ found_head_seq }) => found_head_seq)),
      bigints(sessions.map(({ found_head_seq, row_head_seq }) => row_head_seq - found_head_seq)),
      uuids(new_ids),
      uuids(proxy_ids),
    ],
  );
}

/**
 * Finds entries that are stored already, to be asked once their sessions are locked.
 * @param ids as clients chose them
 * @returns id → the entry as JSON
 */
export async function findStored(ids: readonly string[], sql: Sql): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  // Almost always there are none, and looking only at the index for that costs a third.
  const found = await sql<{ id: string }>(
    kinds
      .map((kind) => `SELECT id FROM ${modelOf(kind).tableName} WHERE id = ANY ($1::uuid[])`)
      .join(" UNION ALL "),
    [uuids(ids)],
  );
  if (found.length === 0) return new Map();
  const found_ids = [uuids(found.map(({ id }) => id))];
  const entries = await Promise.all(
    kinds.map(async (kind) => {
      const columns = Object.keys(modelOf(kind).getAttributes()).join(", ");
      const rows = await sql<{ id: string }>(
        `SELECT ${columns} FROM ${modelOf(kind).tableName} WHERE id = ANY ($1::uuid[])`,
        found_ids,
      );
      return rows.map((row) => [row.id, JSON.stringify({ kind, ...row })] as const);
    }),
  );
  return new Map(entries.flat());
}

/**
 * Numbers and stores entries: the only writer of the stream.
 * @param candidates entries of sessions in `locked`, in the order in which they get their numbers
 * @param locked what lockSessions or reserveNumbers gave in the same transaction; their head_seq moves on
 * @param stored what findStored gave for the ids of the candidates
 * @param rooms of the sessions, in which more may follow from an entry, or nothing be let in
 * @param now when they are written; ISO 8601, UTC
 * @returns for each candidate the entry, or what refuses it alone: its own refusal, its room's, id_reused, or
 *   a fault of ours; and all that is new. It is stored when `sent` resolves
 */
export function write(
  candidates: readonly Candidate[],
  locked: ReadonlyMap<string, LockedSession>,
  stored: ReadonlyMap<string, string>,
  rooms: Rooms,
  sql: Sql,
  now = new Date().toISOString(),
): Work<{ outcomes: (Written | Error)[]; fresh: Written[] }> {
  const known = new Map(stored);
  const fresh: Written[] = [];
  const add = (entry: Entry): Written => {
    const session = locked.get(entry.session_id);
    if (!session) throw new Error(`session ${entry.session_id} was not locked before the write`);
    session.head_seq += 1;
    entry.seq = session.head_seq;
    const written = { entry, text: JSON.stringify(entry), duplicate: false };
    fresh.push(written);
    known.set(entry.id, written.text);
    return written;
  };
  // Spreading would cost more than all else here: V8 is slow to add to a copy that it made so.
  const unnumbered = (draft: Draft): Entry =>
    Object.assign({}, draft, {
      id: draft.id ?? newId(),
      seq: 0,
      created_at: rooms.timeIn(draft.session_id, now),
    });
  const outcomes = candidates.map(({ draft, refusal }): Written | Error => {
    const before = draft.id === undefined ? undefined : known.get(draft.id);
    if (before !== undefined) return repeat(draft, before);
    if (refusal) return refusal;
    const entry = unnumbered(draft);
    const followed = rooms.follow(entry, entry.created_at);
    if (followed instanceof Error) return followed;
    const written = add(entry);
    for (const one of followed) add(unnumbered(one));
    return written;
  });
  const entries = fresh.map(({ entry }) => entry);
  return { result: { outcomes, fresh }, sent: send(entries, locked, rooms, sql) };
}

function repeat(draft: Draft, text: string): Written | CommandError {
  const entry: Entry = JSON.parse(text);
  const { seq, created_at, ...body } = entry;
  // Compared as JSON, since that is what was stored: undefined and -0 do not survive it.
  if (isDeepStrictEqual(JSON.parse(JSON.stringify(draft)), body)) {
    return { entry, text, duplicate: true };
  }
  return new CommandError(
    "id_reused",
    `Another entry has the id ${entry.id}. Choose a new id, or send exactly what was sent before`,
  );
}

/**
 * Stores new entries, how far each of their sessions has come, and what happened in its room. Not async: what
 * cannot be sent must throw before anything is committed.
 */
function send(
  entries: readonly Entry[],
  locked: ReadonlyMap<string, LockedSession>,
  rooms: Rooms,
  sql: Sql,
): Promise<unknown> {
  return Promise.all([...insert(entries, sql), ...moveHeads(locked, sql), ...rooms.save(sql)]);
}

function moveHeads(locked: ReadonlyMap<string, LockedSession>, sql: Sql): Promise<unknown>[] {
  const moved = [...locked.values()].filter((one) => one.head_seq !== one.row_head_seq);
  if (moved.length === 0) return [];
  return [
    sql(
      `UPDATE sessions SET head_seq = heads.head_seq
         FROM unnest($1::uuid[], $2::bigint[]) AS heads (id, head_seq) WHERE sessions.id = heads.id`,
      [uuids(moved.map(({ id }) => id)), bigints(moved.map(({ head_seq }) => head_seq))],
    ),
  ];
}

/**
 * Writes to one stream what the server itself has to say.
 * @param draftsOf says what, given the session's room and the moment at which it is written
 * @returns what was written; stored, but not committed
 */
export async function record(
  session_id: string,
  draftsOf: (rooms: Rooms, now: string) => readonly Draft[],
  sql: Sql,
): Promise<Written[]> {
  const locked = await lockSessions([session_id], sql);
  const rooms = await Rooms.load(locked.values(), sql);
  const now = rooms.timeIn(session_id, new Date().toISOString());
  const candidates = draftsOf(rooms, now).map((draft) => ({ draft }));
  const { result, sent } = write(candidates, locked, new Map(), rooms, sql, now);
  await sent;
  return result.fresh;
}
