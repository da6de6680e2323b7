import type { Chunk } from "./chunk.ts";
import { ChunkCache } from "./chunk_cache.ts";
import { pageLimit, readPage } from "./read.ts";

/** Committed entries, from memory where they were read or delivered lately, else from PostgreSQL. */
export class History {
  readonly #cache: ChunkCache;
  /** Reads under way, by session and cursor: a thousand that reconnect at once share them. */
  readonly #reading = new Map<string, Promise<Chunk | null>>();

  /** @param cacheBytes about as much as it may keep in memory */
  constructor(cacheBytes: number) {
    this.#cache = new ChunkCache(cacheBytes);
  }

  /** What it keeps in memory, in bytes, about. */
  get bytes(): number {
    return this.#cache.bytes;
  }

  /** Keeps entries that were committed, for those who will want them. */
  remember(chunk: Chunk): void {
    this.#cache.put(chunk);
  }

  /** The entries that follow on a cursor if they are in memory; more may follow on them. */
  recall(session_id: string, cursor: number): Chunk | null {
    return this.#cache.after(session_id, cursor);
  }

  /**
   * The entries that follow on a cursor; more may follow on them.
   * @returns null if there are none
   */
  async read(session_id: string, cursor: number): Promise<Chunk | null> {
    const key = `${session_id} ${cursor}`;
    const underWay = this.#reading.get(key);
    if (underWay) return underWay;
    const missing = this.#cache.next(session_id, cursor) - 1 - cursor;
    const limit = Math.min(pageLimit(this.#cache.at(session_id, cursor)), missing);
    const reading = readPage(session_id, cursor, limit).finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    const page = await reading;
    if (page) this.#cache.put(page);
    return page;
  }
}
