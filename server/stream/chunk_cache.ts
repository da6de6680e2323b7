import { type Chunk, cut, lastOf, sizeOf } from "./chunk.ts";

/** Entries that arrive one by one are kept in chunks of about this many characters. */
const MERGED_CHARS = 65_536;
/** A character takes up to two bytes, and once more in the frame that was made of it. */
const BYTES_PER_CHAR = 2;
const BYTES_PER_ENTRY = 64;

/** Chunks of all streams that were read or delivered lately, within a bound of memory. */
export class ChunkCache {
  readonly #maxBytes: number;
  /** Those of each session in order; no two have an entry in common. */
  readonly #sessions = new Map<string, Chunk[]>();
  /** What each weighs in bytes, the least lately used first. */
  readonly #weights = new Map<Chunk, number>();
  #bytes = 0;

  /** @param maxBytes about as much as its chunks may take */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What its chunks take, in bytes, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The chunk that has the entry of a number, or null if it is not here. */
  at(session_id: string, seq: number): Chunk | null {
    const chunks = this.#sessions.get(session_id) ?? [];
    const chunk = chunks[placeOf(chunks, seq)];
    return chunk && lastOf(chunk) >= seq ? chunk : null;
  }

  /**
   * @param cursor the last number somebody has
   * @returns the next entry with those that follow it here, or null if it is not here
   */
  after(session_id: string, cursor: number): Chunk | null {
    const chunk = this.at(session_id, cursor + 1);
    if (chunk === null) return null;
    const weight = this.#weights.get(chunk)!;
    this.#weights.delete(chunk);
    this.#weights.set(chunk, weight);
    return cut(chunk, cursor);
  }

  /**
   * @param cursor a number whose next one is not here
   * @returns the first number after it that is; infinite if there is none
   */
  next(session_id: string, cursor: number): number {
    const chunks = this.#sessions.get(session_id) ?? [];
    return chunks[placeOf(chunks, cursor + 1) + 1]?.first ?? Number.POSITIVE_INFINITY;
  }

  /** Adds what it does not have yet, and lets the least lately used go. */
  put(chunk: Chunk): void {
    const { session_id, first } = chunk;
    const chunks = this.#sessions.get(session_id) ?? [];
    const place = placeOf(chunks, first);
    const before = chunks[place];
    const after = chunks[place + 1];
    const news = cut(chunk, before ? lastOf(before) : 0, after ? after.first - 1 : undefined);
    if (news === null) return;
    const merged = before && lastOf(before) === news.first - 1 ? merge(before, news) : null;
    if (merged) {
      this.#forget(before!);
      chunks[place] = merged;
    } else chunks.splice(place + 1, 0, news);
    this.#sessions.set(session_id, chunks);
    const weight = weightOf(merged ?? news);
    this.#weights.set(merged ?? news, weight);
    this.#bytes += weight;
    for (const [oldest] of this.#weights) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#drop(oldest);
    }
  }

  #drop(chunk: Chunk): void {
    this.#forget(chunk);
    const chunks = this.#sessions.get(chunk.session_id)!;
    chunks.splice(placeOf(chunks, chunk.first), 1);
    if (chunks.length === 0) this.#sessions.delete(chunk.session_id);
  }

  #forget(chunk: Chunk): void {
    this.#bytes -= this.#weights.get(chunk)!;
    this.#weights.delete(chunk);
  }
}

/** Where the last chunk is that begins at or before a number; -1 if none does. */
function placeOf(chunks: readonly Chunk[], seq: number): number {
  let low = 0;
  let high = chunks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (chunks[middle]!.first <= seq) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function merge(before: Chunk, news: Chunk): Chunk | null {
  if (sizeOf(before) + sizeOf(news) > MERGED_CHARS) return null;
  return { ...before, texts: [...before.texts, ...news.texts] };
}

function weightOf(chunk: Chunk): number {
  return sizeOf(chunk) * BYTES_PER_CHAR + chunk.texts.length * BYTES_PER_ENTRY;
}
