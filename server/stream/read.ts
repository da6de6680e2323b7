import type { Entry } from "../../contract/entry.ts";
import { uuids } from "../database/binary.ts";
import { sqlIn } from "../database/sql.ts";
import { type Chunk, chunkOf, countOf } from "./chunk.ts";
import { entriesOf, type Selected, selectEntries } from "./select.ts";

/**
 * Reads a page of a stream.
 * @param session_id whose stream
 * @param after the number before the first wanted
 * @param limit entries at the most
 * @returns the committed entries from after + 1 on, fewer than the limit only at the head; null if
 *   there is none
 */
export async function readPage(
  session_id: string,
  after: number,
  limit: number,
): Promise<Chunk | null> {
  // Numbers have no gaps, so a range is a page, and each table is read by its own index.
  const rows = await sqlIn(null)<Selected>(
    selectEntries("session_id = $1 AND seq > $2 AND seq <= $3"),
    [session_id, after, after + limit],
  );
  const entries = entriesOf(rows);
  if (entries.length === 0) return null;
  const first = after + 1;
  const texts: string[] = Array.from({ length: entries.length });
  for (const { seq, text } of entries) texts[seq - first] = text;
  return chunkOf(session_id, first, texts);
}

/** Entries of the first page that is read, while the size of entries is unknown. */
const FIRST_PAGE = 16;
/** Entries of a page at the most, since they may be larger than those before them. */
const LARGEST_PAGE = 250;
/**
 * About what a page weighs. From 128 KB on, V8 and the C library ask the system for memory for each text
 * and buffer, which costs several times what reading the page does.
 */
export const PAGE_BYTES = 98_304;

/**
 * Chooses how many entries to read next, so that a page weighs about PAGE_BYTES whatever they hold.
 * @param before those that come before it, if they are known
 */
export function pageLimit(before: Chunk | null): number {
  if (before === null) return FIRST_PAGE;
  const average = before.bytes.length / countOf(before);
  return Math.max(1, Math.min(LARGEST_PAGE, Math.floor(PAGE_BYTES / average)));
}

/** What one answer may weigh, about; whoever wants more asks again. */
const ANSWER_BYTES = 2_097_152;

/**
 * Reads as much of a stream as fits one answer.
 * @param after the number before the first wanted
 * @param limit entries at the most
 * @returns as readPage, but fewer where entries are large; at least one if there is one
 */
export async function readAnswer(
  session_id: string,
  after: number,
  limit: number,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  let page: Chunk | null = null;
  for (let bytes = 0; entries.length < limit && bytes < ANSWER_BYTES; ) {
    const wanted = Math.min(pageLimit(page), limit - entries.length);
    page = await readPage(session_id, after + entries.length, wanted);
    if (page === null) break;
    bytes += page.bytes.length;
    entries.push(...(JSON.parse(`[${page.bytes}]`) as Entry[]));
  }
  return entries;
}

/**
 * Reads how far streams have come.
 * @param session_ids which sessions
 * @returns session id → number of its newest entry; unknown sessions are missing
 */
export async function readHeads(session_ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await sqlIn(null)<{ id: string; head_seq: number }>(
    "SELECT id, head_seq FROM sessions WHERE id = ANY ($1::uuid[])",
    [uuids(session_ids)],
  );
  return new Map(rows.map((row) => [row.id, row.head_seq]));
}
