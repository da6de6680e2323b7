import { type Chunk, cut, LARGE_BYTES, SEPARATOR } from "./chunk.ts";

/** Of what belongs to a chunk beside its bytes. */
const OVERHEAD_BYTES = 256;

/** A chunk that is kept, and where what follows on it can be added. */
interface Kept {
  /** Begins with the chunk's bytes. */
  readonly room: Buffer;
  readonly weight: number;
}

/** Chunks of all streams that were read or delivered lately, within a bound of memory. */
export class ChunkCache {
  readonly #maxBytes: number;
  /** Those of each session in order; no two have an entry in common. */
  readonly #sessions = new Map<string, Chunk[]>();
  /** The least lately used first. */
  readonly #kept = new Map<Chunk, Kept>();
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
    return chunk && chunk.last >= seq ? chunk : null;
  }

  /**
   * @param cursor the last number somebody has
   * @returns the next entry with those that follow it here, or null if it is not here
   */
  after(session_id: string, cursor: number): Chunk | null {
    const chunk = this.at(session_id, cursor + 1);
    if (chunk === null) return null;
    const kept = this.#kept.get(chunk)!;
    this.#kept.delete(chunk);
    this.#kept.set(chunk, kept);
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

  /** The last number of a session that is here, or 0. */
  newest(session_id: string): number {
    return this.#sessions.get(session_id)?.at(-1)?.last ?? 0;
  }

  /** Adds what it does not have yet, and lets the least lately used go. */
  put(chunk: Chunk): void {
    const { session_id, first } = chunk;
    const chunks = this.#sessions.get(session_id) ?? [];
    const place = placeOf(chunks, first);
    const before = chunks[place];
    const after = chunks[place + 1];
    const news = cut(chunk, before ? before.last : 0, after ? after.first - 1 : undefined);
    if (news === null) return;
    this.#sessions.set(session_id, chunks);
    if (before && before.last === news.first - 1 && mayMerge(before, news)) {
      chunks[place] = this.#merge(before, news);
    } else {
      chunks.splice(place + 1, 0, this.#keep(news));
    }
    for (const [oldest] of this.#kept) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#drop(oldest);
    }
  }

  /** Lets all of a session go. */
  clear(session_id: string): void {
    for (const chunk of this.#sessions.get(session_id) ?? []) this.#forget(chunk);
    this.#sessions.delete(session_id);
  }

  /** Keeps a chunk; one that is small in a room of its own, lest it hold what it was cut from. */
  #keep(chunk: Chunk): Chunk {
    if (chunk.bytes.length > LARGE_BYTES) return this.#note(chunk, chunk.bytes);
    const room = Buffer.allocUnsafeSlow(chunk.bytes.length);
    chunk.bytes.copy(room);
    return this.#note({ ...chunk, bytes: room }, room);
  }

  /** Adds to a chunk. Who has it as it was may keep it: its own bytes stay what they are. */
  #merge(before: Chunk, { last, bytes }: Chunk): Chunk {
    const used = before.bytes.length;
    const length = used + SEPARATOR.length + bytes.length;
    let { room } = this.#kept.get(before)!;
    if (room.length < length) {
      room = Buffer.allocUnsafeSlow(2 * length);
      before.bytes.copy(room);
    }
    room.write(SEPARATOR, used, "latin1");
    bytes.copy(room, used + SEPARATOR.length);
    this.#forget(before);
    return this.#note({ ...before, last, bytes: room.subarray(0, length) }, room);
  }

  /** It weighs its room and, unless it is large, as much as itself in the frame that is made of it. */
  #note(chunk: Chunk, room: Buffer): Chunk {
    const { length } = chunk.bytes;
    const weight = room.length + (length > LARGE_BYTES ? 0 : length) + OVERHEAD_BYTES;
    this.#kept.set(chunk, { room, weight });
    this.#bytes += weight;
    return chunk;
  }

  #drop(chunk: Chunk): void {
    this.#forget(chunk);
    const chunks = this.#sessions.get(chunk.session_id)!;
    chunks.splice(placeOf(chunks, chunk.first), 1);
    if (chunks.length === 0) this.#sessions.delete(chunk.session_id);
  }

  #forget(chunk: Chunk): void {
    this.#bytes -= this.#kept.get(chunk)!.weight;
    this.#kept.delete(chunk);
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

/** Entries that arrive one by one are kept together until they are a large chunk. */
function mayMerge(before: Chunk, news: Chunk): boolean {
  return before.bytes.length + news.bytes.length + SEPARATOR.length <= LARGE_BYTES;
}
