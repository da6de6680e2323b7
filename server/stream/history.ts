import { type Chunk, cut, entryBytesOf, firstIdOf } from "./chunk.ts";
import { ChunkCache } from "./chunk_cache.ts";
import { PAGE_BYTES, READ_BYTES, readLimit, readPages } from "./read.ts";

/** A part of a stream that is being read. */
interface Reading {
  /** Its first page. */
  readonly page: Promise<Chunk | null>;
  /** Entries that it has, unless the stream ends before. */
  readonly limit: number;
}

/** Parts that are read at the same time, while those before them are sent. */
const READ_AHEAD = 2;

/** Committed entries, from memory where they were read or delivered lately, else from PostgreSQL. */
export class History {
  readonly #cache: ChunkCache;
  readonly #keeps: boolean;
  /** What is read at a time: no more than the page that is asked for, if the next would be thrown away. */
  readonly #readBytes: number;
  /** Reads under way, by session and cursor: a thousand that reconnect at once share them. */
  readonly #reading = new Map<string, Reading>();

  /** @param cacheBytes about as much as it may keep in memory */
  constructor(cacheBytes: number) {
    this.#cache = new ChunkCache(cacheBytes);
    this.#keeps = cacheBytes > 0;
    this.#readBytes = this.#keeps ? READ_BYTES : PAGE_BYTES;
  }

  /** What it keeps in memory, in bytes, about. */
  get bytes(): number {
    return this.#cache.bytes;
  }

  /** Keeps entries that were committed, for those who will want them. */
  remember(chunk: Chunk): void {
    this.#cache.put(chunk);
  }

  /** The newest number that it has of a session, or 0. */
  newest(session_id: string): number {
    return this.#cache.newest(session_id);
  }

  /** Whether it has another entry under the first number of committed ones: there was another past. */
  contradicts(chunk: Chunk): boolean {
    const kept = this.#cache.at(chunk.session_id, chunk.first);
    if (kept === null) return false;
    return firstIdOf(cut(kept, chunk.first - 1)!) !== firstIdOf(chunk);
  }

  /** Keeps nothing of a session any more, nor of what is being read. */
  forget(session_id: string): void {
    this.#cache.clear(session_id);
    for (const key of this.#reading.keys()) {
      if (key.startsWith(session_id)) this.#reading.delete(key);
    }
  }

  /** The entries that follow on a cursor if they are in memory; more may follow on them. */
  recall(session_id: string, cursor: number): Chunk | null {
    return this.#cache.after(session_id, cursor);
  }

  /**
   * The entries that follow on a cursor; more may follow on them.
   * @param entryBytes what those before them take each, on average, if who asks knows it
   * @returns null if there are none
   */
  read(session_id: string, cursor: number, entryBytes: number | null): Promise<Chunk | null> {
    return this.#begin(session_id, cursor, entryBytes ?? this.#entryBytesAt(session_id, cursor))
      .page;
  }

  /**
   * Begins to read what will be wanted next, unless it is here. If that fails, it is asked for again,
   * and told then. Where nothing is kept, it would be gone when it is wanted.
   * @param head the number up to which there are entries
   * @param entryBytes as for read
   */
  readAhead(session_id: string, cursor: number, head: number, entryBytes: number | null): void {
    if (!this.#keeps) return;
    let known = entryBytes ?? this.#entryBytesAt(session_id, cursor);
    let parts = 0;
    for (let at = cursor; at < head && parts < READ_AHEAD; ) {
      const here = this.#cache.at(session_id, at + 1);
      if (here) {
        known = entryBytesOf(here);
        at = here.last;
        continue;
      }
      const reading = this.#begin(session_id, at, known);
      reading.page.catch(() => {});
      at += reading.limit;
      parts += 1;
      // How large entries are is not known before the first are here.
      if (known === null) return;
    }
  }

  #entryBytesAt(session_id: string, seq: number): number | null {
    const chunk = this.#cache.at(session_id, seq);
    return chunk && entryBytesOf(chunk);
  }

  #begin(session_id: string, cursor: number, entryBytes: number | null): Reading {
    const key = `${session_id} ${cursor}`;
    const underWay = this.#reading.get(key);
    if (underWay) return underWay;
    const wanted = readLimit(entryBytes, this.#readBytes);
    const limit = Math.min(wanted, this.#cache.next(session_id, cursor) - 1 - cursor);
    const isWanted = () => this.#reading.get(key) === reading;
    const page = readPages(session_id, cursor, limit)
      .then((pages) => {
        // The first last, so that it is here when it is asked for though there is room for few.
        if (isWanted()) for (const chunk of pages.toReversed()) this.#cache.put(chunk);
        return pages[0] ?? null;
      })
      .finally(() => {
        if (isWanted()) this.#reading.delete(key);
      });
    const reading: Reading = { page, limit };
    this.#reading.set(key, reading);
    return reading;
  }
}
