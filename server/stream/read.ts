import type { Entry } from "../../contract/entry.ts";
import { sqlIn } from "../database/sql.ts";
import type { Chunk } from "./chunk.ts";
import { selectEntries, selectWeights } from "./kinds.ts";

/** What a page weighs at the most, about, and how many entries it has. */
const PAGE_BYTES = 262_144;
const PAGE_ENTRIES = 500;

// Numbers have no gaps, so a range is a page, and each table is read by its own index. The weights
// are looked at first, so that a page of large entries is short before anything large is read.
const selectPage = () => `
  WITH weights AS (
    SELECT seq, sum(weight) OVER (ORDER BY seq) AS total
      FROM (${selectWeights("session_id = $1 AND seq > $2 AND seq <= $3")}) AS entries
  ), page AS (
    SELECT coalesce(max(seq) FILTER (WHERE total <= ${PAGE_BYTES}), min(seq)) AS last FROM weights
  )
  SELECT string_agg(text, E'\\n' ORDER BY seq) AS texts
    FROM (${selectEntries("session_id = $1 AND seq > $2 AND seq <= (SELECT last FROM page)")}) AS entries`;

/**
 * Reads a page of a stream.
 * @param session_id whose stream
 * @param after the number before the first wanted
 * @param upTo the last number wanted
 * @returns committed entries from after + 1 on, about 256 KB at the most but at least one; null if
 *   there is none
 */
export async function readPage(
  session_id: string,
  after: number,
  upTo = Number.POSITIVE_INFINITY,
): Promise<Chunk | null> {
  const last = Math.min(upTo, after + PAGE_ENTRIES);
  const rows = await sqlIn(null)<{ texts: string | null }>(selectPage(), [session_id, after, last]);
  const texts = rows[0]?.texts;
  // Neither the server nor PostgreSQL writes JSON with a line break in it.
  return texts ? { session_id, first: after + 1, texts: texts.split("\n") } : null;
}

/** What one answer may weigh, about; whoever wants more asks again. */
const ANSWER_CHARS = 2_097_152;

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
  for (let chars = 0; entries.length < limit && chars < ANSWER_CHARS; ) {
    const page = await readPage(session_id, after + entries.length, after + limit);
    if (page === null) break;
    const json = `[${page.texts.join(",")}]`;
    chars += json.length;
    entries.push(...(JSON.parse(json) as Entry[]));
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
    [session_ids],
  );
  return new Map(rows.map((row) => [row.id, row.head_seq]));
}
