import { type Chunk, SEPARATOR } from "./chunk.ts";

/** What most parts of a stream need while they are read; see read.ts. */
const ROOM_BYTES = 524_288;
/** Rooms that wait for the next parts; only where many are read at a time are more in use. */
const MOST_SPARE = 8;
const spare: Buffer[] = [];

/**
 * The entries of a part of a stream while it is read, in whatever order they come, in a room that is used again
 * and again: memory that nothing has used yet costs more than the writing.
 */
export class Lines {
  readonly #session_id: string;
  readonly #first: number;
  #room = spare.pop() ?? Buffer.allocUnsafeSlow(ROOM_BYTES);
  #used = 0;
  /** Where in the room an entry begins and where what separates it from the next ends; 0 without it. */
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;

  /**
   * @param first number of the first entry
   * @param most how many there may be
   */
  constructor(session_id: string, first: number, most: number) {
    this.#session_id = session_id;
    this.#first = first;
    this.#starts = new Uint32Array(most);
    this.#ends = new Uint32Array(most);
  }

  /**
   * Takes an entry.
   * @param write writes its JSON, without line breaks, and SEPARATOR to a place in a room, and returns where that
   *   ends. What has no room there is to be lost; then it is called again, with enough
   * @returns the bytes that it takes in a chunk
   */
  set(seq: number, write: (room: Buffer, at: number) => number): number {
    const start = this.#used;
    let end = write(this.#room, start);
    if (end > this.#room.length) {
      const larger = Buffer.allocUnsafeSlow(2 * end);
      this.#room.copy(larger, 0, 0, start);
      this.#room = larger;
      end = write(larger, start);
    }
    this.#used = end;
    this.#starts[seq - this.#first] = start;
    this.#ends[seq - this.#first] = end;
    return end - start;
  }

  /**
   * Makes chunks of the entries up to a number, or to the one before the first that did not come.
   * @param maxBytes of a chunk with what separates it from the next, unless a single entry is larger
   */
  chunks(last: number, maxBytes: number): Chunk[] {
    const chunks: Chunk[] = [];
    let from = 0;
    let bytes = 0;
    let at = 0;
    for (; at <= last - this.#first && this.#ends[at]! > 0; at += 1) {
      const size = this.#ends[at]! - this.#starts[at]!;
      if (bytes + size > maxBytes && at > from) {
        chunks.push(this.#chunk(from, at, bytes));
        from = at;
        bytes = 0;
      }
      bytes += size;
    }
    if (at > from) chunks.push(this.#chunk(from, at, bytes));
    return chunks;
  }

  /** Lets others have the room: once nothing comes any more, which is not sure where reading failed. */
  release(): void {
    if (this.#room.length === ROOM_BYTES && spare.length < MOST_SPARE) spare.push(this.#room);
  }

  /** Those that came one after the other are copied in one go. */
  #chunk(from: number, to: number, size: number): Chunk {
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    for (let at = from; at < to; ) {
      const start = this.#starts[at]!;
      let end = this.#ends[at]!;
      for (at += 1; at < to && this.#starts[at] === end; at += 1) end = this.#ends[at]!;
      length += this.#room.copy(bytes, length, start, end);
    }
    return {
      session_id: this.#session_id,
      first: this.#first + from,
      last: this.#first + to - 1,
      bytes: bytes.subarray(0, size - SEPARATOR.length),
    };
  }
}
