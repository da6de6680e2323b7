import type pg from "pg";

/**
 * Takes one row as PostgreSQL sent it: 16 bits that count its values, then of each 32 bits that say how many
 * bytes it has, -1 for null, and these (DataRow in PostgreSQL's documentation, "Message Formats").
 * @param bytes good until it returns
 * @param at where in them the row begins
 */
export type TakeRow = (bytes: Buffer, at: number) => void;

/** Of a message: its kind, and how many bytes it has, the kind not counted. */
const HEAD_BYTES = 5;
const DATA_ROW = 0x44; // "D"

/** By the socket that they come from. */
const known = new WeakMap<object, IncomingRows>();

/**
 * The rows that come in on a connection, before pg makes an object of each and a text of each of its values, which
 * costs more than all else where many are read. Everything else goes on to pg, message by message.
 */
export class IncomingRows {
  /** Gets the rows of the query under way; null if pg itself is to have them. */
  taker: TakeRow | null = null;
  readonly #goOn: (bytes: Buffer) => void;
  /** What came of a message that is not whole yet. */
  readonly #parts: Buffer[] = [];
  #length = 0;
  #needed = HEAD_BYTES;

  /**
   * Those of a connection; to be asked for the first time while nothing is under way on it.
   * @throws Error if pg does not listen to its socket as the pinned version does
   */
  static of({ stream }: pg.Connection): IncomingRows {
    let rows = known.get(stream);
    if (rows) return rows;
    const [listener, ...others] = stream.listeners("data");
    if (!listener || others.length > 0) throw new Error("pg reads its connection in another way");
    rows = new IncomingRows(listener as (bytes: Buffer) => void);
    stream.off("data", listener as () => void);
    stream.on("data", rows.#take.bind(rows));
    known.set(stream, rows);
    return rows;
  }

  private constructor(goOn: (bytes: Buffer) => void) {
    this.#goOn = goOn;
  }

  #take(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return;
    const bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#length);
    this.#parts.length = 0;
    const done = this.#messages(bytes);
    this.#length = bytes.length - done;
    if (this.#length > 0) this.#parts.push(bytes.subarray(done));
  }

  /** @returns where the message begins that is not whole */
  #messages(bytes: Buffer): number {
    let passed = 0;
    let at = 0;
    this.#needed = HEAD_BYTES;
    while (bytes.length - at >= HEAD_BYTES) {
      const length = 1 + bytes.readInt32BE(at + 1);
      if (bytes.length - at < length) {
        this.#needed = length;
        break;
      }
      if (bytes[at] === DATA_ROW && this.taker) {
        if (passed < at) this.#goOn(bytes.subarray(passed, at));
        passed = at + length;
        // pg may have ended the query by what went on to it.
        this.taker?.(bytes, at + HEAD_BYTES);
      }
      at += length;
    }
    if (passed < at) this.#goOn(bytes.subarray(passed, at));
    return at;
  }
}
