import type { Incoming, Row } from "./dialects/dialect.ts";
import { numberOf } from "./text.ts";

/** Messages that a server sent in one go, checked as far as they can be without knowing to whom. */
export interface Delivery {
  /** The numbers of the texts, in the order of delivery. */
  readonly texts: readonly number[];
  /** The place of the first in its session; null where the server gives none. */
  readonly first: number | null;
}

/**
 * Checks each message against what was sent, and that their places follow each other.
 * @throws Error when they do not
 */
export function deliveryOf(rows: readonly Row[], numbered: boolean): Delivery {
  const first = numbered ? (rows[0]?.seq ?? null) : null;
  rows.forEach(({ seq }, index) => {
    if (first !== null && seq !== first + index) throw new Error(`${seq} is out of place`);
  });
  return { texts: rows.map(({ content }) => numberOf(content)), first };
}

/** What one subscriber of one session got, held against what it should get. */
export class Follower {
  /** Messages it got. */
  received = 0;
  /** Called after each delivery. */
  onDelivery: (delivery: Delivery) => void = () => {};
  readonly #numbered: boolean;
  /** The place of the last message, where there are places. */
  #cursor: number;
  /** Which texts came, where there are none. */
  #seen = new Uint8Array(1024);
  #awaited = Number.POSITIVE_INFINITY;
  #reached: () => void = () => {};

  /** @param cursor the place it joined after */
  constructor(numbered: boolean, cursor: number) {
    this.#numbered = numbered;
    this.#cursor = cursor;
  }

  /** @throws Error at a gap or a duplicate */
  take(delivery: Delivery): void {
    const { texts, first } = delivery;
    if (texts.length === 0) return;
    if (this.#numbered) {
      if (first !== this.#cursor + 1) {
        throw new Error(`place ${first} came after place ${this.#cursor}`);
      }
      this.#cursor += texts.length;
    } else for (const text of texts) this.#note(text);
    this.received += texts.length;
    this.onDelivery(delivery);
    if (this.received >= this.#awaited) this.#reached();
  }

  /** Resolves when it has got this many messages. */
  reached(count: number): Promise<void> {
    if (this.received >= count) return Promise.resolve();
    this.#awaited = count;
    return new Promise((resolve) => {
      this.#reached = resolve;
    });
  }

  #note(text: number): void {
    if (text >= this.#seen.length) {
      const larger = new Uint8Array(2 * text);
      larger.set(this.#seen);
      this.#seen = larger;
    }
    if (this.#seen[text]) throw new Error(`message ${text} came twice`);
    this.#seen[text] = 1;
  }
}

/**
 * Understands what comes in. Subscribers of one session get the same bytes, so the last few that
 * carried messages are kept with what they mean.
 * @param read of the dialect
 */
export class Reader {
  readonly #read: (payload: Buffer) => Incoming;
  readonly #numbered: boolean;
  readonly #known: { payload: Buffer; delivery: Delivery }[] = [];
  #next = 0;

  constructor(read: (payload: Buffer) => Incoming, numbered: boolean) {
    this.#read = read;
    this.#numbered = numbered;
  }

  read(payload: Buffer): Delivery | Exclude<Incoming, { kind: "rows" }> {
    for (const known of this.#known) if (known.payload.equals(payload)) return known.delivery;
    const incoming = this.#read(payload);
    if (incoming.kind !== "rows") return incoming;
    const delivery = deliveryOf(incoming.rows, this.#numbered);
    this.#known[this.#next] = { payload: Buffer.from(payload), delivery };
    this.#next = (this.#next + 1) % KEPT;
    return delivery;
  }
}

const KEPT = 8;
