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

/** A frame that carried messages, and the one that was new after it. */
interface Known {
  readonly payload: Buffer;
  readonly delivery: Delivery;
  next: Known | null;
}

/**
 * Understands what comes in. Subscribers of one session get the same bytes, so the last few that
 * carried messages are kept with what they mean.
 * @param read of the dialect
 */
export class Reader {
  readonly #read: (payload: Buffer) => Incoming;
  readonly #numbered: boolean;
  /** By fingerprint, the oldest first. */
  readonly #known = new Map<number, Known>();
  #newest: Known | null = null;
  #last: Known | null = null;

  constructor(read: (payload: Buffer) => Incoming, numbered: boolean) {
    this.#read = read;
    this.#numbered = numbered;
  }

  read(payload: Buffer): Delivery | Exclude<Incoming, { kind: "rows" }> {
    const last = this.#last;
    // The next subscriber gets the same frame, or this one the frame that came after it before.
    for (const guess of [last, last?.next])
      if (guess?.payload.equals(payload)) return this.#found(guess);
    const fingerprint = fingerprintOf(payload);
    const known = this.#known.get(fingerprint);
    if (known?.payload.equals(payload)) return this.#found(known);
    const incoming = this.#read(payload);
    if (incoming.kind !== "rows") return incoming;
    const delivery = deliveryOf(incoming.rows, this.#numbered);
    const fresh: Known = { payload: Buffer.from(payload), delivery, next: null };
    if (this.#newest) this.#newest.next = fresh;
    this.#newest = fresh;
    this.#known.set(fingerprint, fresh);
    if (this.#known.size > KEPT) this.#known.delete(this.#known.keys().next().value!);
    return this.#found(fresh);
  }

  #found(known: Known): Delivery {
    this.#last = known;
    return known.delivery;
  }
}

/** As many frames as one write may hold where each message is a frame: twice all that are in flight. */
const KEPT = 1024;

/** FNV-1a (isthe.com/chongo/tech/comp/fnv) of every byte, or of every so many in a large frame. */
function fingerprintOf(payload: Buffer): number {
  const step = Math.ceil(payload.length / 512);
  let hash = payload.length;
  for (let at = 0; at < payload.length; at += step) {
    hash = Math.imul(hash ^ payload[at]!, 16_777_619);
  }
  return hash;
}
