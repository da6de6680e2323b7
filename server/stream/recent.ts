import type { Entry } from "../../contract/entry.ts";
import { sizeOf } from "./page_size.ts";

const MAX_ENTRIES = 256;
const MAX_BYTES = 262_144;

/** The last entries a feed delivered, so that who is only a little behind needs no database. */
export class RecentEntries {
  #entries: Entry[] = [];
  #bytes = 0;

  /** Adds entries that follow on those it has, and lets the oldest go. */
  push(entries: readonly Entry[]): void {
    this.#entries.push(...entries);
    for (const entry of entries) this.#bytes += sizeOf(entry);
    let surplus = Math.max(0, this.#entries.length - MAX_ENTRIES);
    for (let index = 0; index < surplus; index += 1) this.#bytes -= sizeOf(this.#entries[index]!);
    while (this.#bytes > MAX_BYTES && surplus < this.#entries.length) {
      this.#bytes -= sizeOf(this.#entries[surplus]!);
      surplus += 1;
    }
    if (surplus > 0) this.#entries.splice(0, surplus);
  }

  /**
   * @param cursor the last number somebody has
   * @returns every entry after it, or null if some of them are no longer here
   */
  after(cursor: number): readonly Entry[] | null {
    const first = this.#entries[0];
    if (!first || cursor < first.seq - 1) return null;
    const entries = this.#entries.slice(cursor - first.seq + 1);
    return entries.length > 0 ? entries : null;
  }
}
