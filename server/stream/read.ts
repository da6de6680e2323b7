import { QueryTypes } from "sequelize";
import type { Entry } from "../../contract/entry.ts";
import { Session } from "../../models/index.ts";
import { selectEntries } from "./kinds.ts";
import { FIRST_PAGE, nextLimit, sizeOf } from "./page_size.ts";

/**
 * Reads a page of a stream.
 * @param session_id whose stream
 * @param after the number before the first wanted
 * @param limit entries at the most
 * @returns the committed entries after + 1, after + 2, …; fewer than the limit only at the head
 */
export async function readPage(session_id: string, after: number, limit: number): Promise<Entry[]> {
  // Numbers have no gaps, so a range is a page, and each table is read by its own index.
  const rows = await Session.sequelize!.query<{ entry: Entry }>(
    `${selectEntries("session_id = $1 AND seq > $2 AND seq <= $3")} ORDER BY seq`,
    { bind: [session_id, after, after + limit], type: QueryTypes.SELECT },
  );
  return rows.map((row) => row.entry);
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
  let bytes = 0;
  let step = FIRST_PAGE;
  while (entries.length < limit && bytes < ANSWER_BYTES) {
    const wanted = Math.min(step, limit - entries.length);
    const page = await readPage(session_id, after + entries.length, wanted);
    entries.push(...page);
    if (page.length < wanted) break;
    bytes += page.reduce((sum, entry) => sum + sizeOf(entry), 0);
    step = nextLimit(page, step);
  }
  return entries;
}

/**
 * Reads how far streams have come.
 * @param session_ids which sessions
 * @returns session id → number of its newest entry; unknown sessions are missing
 */
export async function readHeads(session_ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await Session.sequelize!.query<{ id: string; head_seq: number }>(
    "SELECT id, head_seq FROM sessions WHERE id = ANY ($1::uuid[])",
    { bind: [session_ids], type: QueryTypes.SELECT },
  );
  return new Map(rows.map((row) => [row.id, Number(row.head_seq)]));
}
