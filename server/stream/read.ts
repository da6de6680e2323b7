import type { Entry } from "../../contract/entry.ts";
import { uuids } from "../database/binary.ts";
import { read, sqlIn } from "../database/sql.ts";
import { type Chunk, entryBytesOf } from "./chunk.ts";
import { Lines } from "./lines.ts";
import { selectionsOf } from "./select.ts";

/**
 * Reads a part of a stream.
 * @param session_id whose stream
 * @param after the number before the first wanted
 * @param limit entries at the most
 * @returns the committed entries from after + 1 on in pages: none only at the head
 */
export async function readPages(
  session_id: string,
  after: number,
  limit: number,
): Promise<Chunk[]> {
  const lines = new Lines(session_id, after + 1, limit);
  let last = after + limit;
  // Numbers have no gaps, so a range is a part, and each table is read by its own index.
  const readings = selectionsOf(session_id).map(({ statement, seqOf, write }) => {
    let bytesOfKind = 0;
    const onRow = (bytes: Buffer, row: number) => {
      const seq = seqOf(bytes, row);
      if (seq > last) return;
      bytesOfKind += lines.set(seq, (room, at) => write(bytes, row, room, at));
      // Entries may be larger than those by which the limit was chosen; what is left is read next time.
      if (bytesOfKind > MOST_BYTES) last = seq;
    };
    return { text: statement, values: [session_id, after, after + limit], onRow };
  });
  await read(readings);
  // One that is missing was committed after its table was read, as all after it.
  const pages = lines.chunks(last, PAGE_BYTES);
  lines.release();
  return pages;
}

/**
 * What a page holds at the most, unless a single entry is larger. From 128 KB on, V8 and the C library
 * ask the system for memory for each buffer, which costs several times what reading the page does.
 */
export const PAGE_BYTES = 98_304;
/** What is read at a time, about, if it can be kept: what a statement costs beside its rows is that of many rows. */
export const READ_BYTES = 4 * PAGE_BYTES;
/** Entries that are read first, while their size is unknown. */
const FIRST_ENTRIES = 64;
/** Entries that are read at a time, and bytes of those of one kind, since they may be larger than those before. */
const MOST_ENTRIES = 1_000;
const MOST_BYTES = 4 * READ_BYTES;

/**
 * Chooses how many entries to read next, whatever they hold.
 * @param entryBytes what those before them take each, on average; null if that is not known
 * @param bytes what is wanted, about
 */
export function readLimit(entryBytes: number | null, bytes = READ_BYTES): number {
  if (entryBytes === null) return FIRST_ENTRIES;
  return Math.max(1, Math.min(MOST_ENTRIES, Math.floor(bytes / entryBytes)));
}

/** What one answer may weigh, about; whoever wants more asks again. */
export const ANSWER_BYTES = 2_097_152;

/**
 * Reads as much of a stream as fits one answer.
 * @param after the number before the first wanted
 * @param limit entries at the most
 * @returns as readPages, but fewer where entries are large; at least one if there is one
 */
export async function readAnswer(
  session_id: string,
  after: number,
  limit: number,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  let bytes = 0;
  for (let last: Chunk | null = null; entries.length < limit && bytes < ANSWER_BYTES; ) {
    const wanted = Math.min(readLimit(last && entryBytesOf(last)), limit - entries.length);
    const pages = await readPages(session_id, after + entries.length, wanted);
    if (pages.length === 0) break;
    last = pages.at(-1)!;
    for (const page of pages) {
      bytes += page.bytes.length;
      entries.push(...(JSON.parse(`[${page.bytes}]`) as Entry[]));
    }
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
