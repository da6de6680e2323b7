import { createHash } from "node:crypto";
import type { Entry } from "../../contract/entry.ts";

/** What two followers must agree on, small enough to compare between processes. */
export interface Digest {
  count: number;
  first: number;
  last: number;
  /** Whether each number is the one before plus one. */
  inOrder: boolean;
  /** Of all fields of all entries, in the order given. */
  hash: string;
}

/** Sums up entries in the order in which they were given. */
export function digestOf(entries: readonly Entry[]): Digest {
  const hash = createHash("sha256");
  for (const entry of entries) {
    hash.update(
      JSON.stringify(Object.entries(entry).sort(([one], [other]) => (one < other ? -1 : 1))),
    );
  }
  return {
    count: entries.length,
    first: entries[0]?.seq ?? 0,
    last: entries.at(-1)?.seq ?? 0,
    inOrder: entries.every(
      (entry, index) => index === 0 || entry.seq === entries[index - 1]!.seq + 1,
    ),
    hash: hash.digest("hex"),
  };
}
