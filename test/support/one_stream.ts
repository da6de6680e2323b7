import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import type pg from "pg";
import type { Entry } from "../../contract/entry.ts";
import type { TestClient } from "./client.ts";

const tables = {
  message: "messages",
  prompt: "prompts",
  comment: "comments",
  log_entry: "log_entries",
} as const;

/** Reads a whole stream from a node, page after page. */
export async function readStream(client: TestClient, session_id: string): Promise<Entry[]> {
  const stream: Entry[] = [];
  for (;;) {
    const after = stream.at(-1)?.seq ?? 0;
    const page = await client.call("stream.read", { session_id, after, limit: 1000 });
    stream.push(...page.entries);
    if (!page.has_more) return stream;
  }
}

/** Reads the same from the tables, past everything of ours. */
export async function readRows(database: pg.Client, session_id: string): Promise<Entry[]> {
  const rows: Entry[] = [];
  for (const [kind, table] of Object.entries(tables)) {
    const found = await database.query(`SELECT * FROM ${table} WHERE session_id = $1`, [
      session_id,
    ]);
    for (const row of found.rows) {
      rows.push({
        ...row,
        kind,
        seq: Number(row.seq),
        created_at: row.created_at.toISOString(),
      });
    }
  }
  return rows.sort((one, other) => one.seq - other.seq);
}

/**
 * Expects the same entries in the same order, and shows the first that differs: a comparison of
 * whole streams by chai would print megabytes.
 * @param who named in the message
 */
export function expectSame(
  actual: readonly Entry[],
  expected: readonly (Entry | undefined)[],
  who: string,
): void {
  if (isDeepStrictEqual(actual, expected)) return;
  const index = expected.findIndex((entry, at) => !isDeepStrictEqual(actual[at], entry));
  expect({ who, length: actual.length, index, entry: actual[index] }).to.deep.equal({
    who,
    length: expected.length,
    index,
    entry: expected[index],
  });
}
