import { setImmediate as nextTurn } from "node:timers/promises";
import { sqlIn } from "../database/sql.ts";
import { metrics } from "../metrics.ts";
import { AccessTable } from "./access.ts";
import { type Chunk, countOf, cut, entryBytesOf, rightsChangeIn, storedAt } from "./chunk.ts";
import type { History } from "./history.ts";
import { PAGE_BYTES } from "./read.ts";
import type { Subscriber } from "./subscriber.ts";

/** What a feed needs from the node around it. */
export interface FeedOptions {
  /** Bytes that may wait for a live subscriber before it is fed as its connection drains. */
  readonly bufferBytes: number;
  readonly history: History;
  /** Told about failed reads; the poll tries again. */
  onError(error: unknown): void;
}

/**
 * Hands one session's stream to the subscribers of this node.
 *
 * Live subscribers all stand at `delivered`. Everybody else is behind, and is fed pages as their
 * connection drains until they stand there too: a client that joins, one that is slow, and one
 * that was paused for an hour are the same case.
 */
export class Feed {
  readonly session_id: string;
  readonly #options: FeedOptions;
  readonly #live = new Set<Subscriber>();
  readonly #behind = new Set<Subscriber>();
  /** The number up to which every live subscriber has been handed the stream. */
  #delivered: number;
  /** The highest number known to be committed. */
  #head: number;
  #reading: Promise<void> | null = null;
  /** Those whose feeding failed, or who know of entries that this feed does not, until it goes on. */
  readonly #stalled: Subscriber[] = [];
  readonly #onRightsChanged: () => void;
  /** Rights to be read once the code that now runs has asked for all that it wants. */
  #asked: Promise<AccessTable> | null = null;
  #lastHold = 0;
  #isHeld = false;

  /**
   * @param head a number known to be committed, from which delivery begins
   * @param onRightsChanged called at an entry by which somebody may have lost the right to follow;
   *   it must hold the feed at once
   */
  constructor(session_id: string, head: number, options: FeedOptions, onRightsChanged: () => void) {
    this.session_id = session_id;
    this.#onRightsChanged = onRightsChanged;
    this.#delivered = head;
    this.#head = head;
    this.#options = options;
  }

  get subscribers(): readonly Subscriber[] {
    return [...this.#live, ...this.#behind];
  }

  /** The number up to which it has delivered. */
  get delivered(): number {
    return this.#delivered;
  }

  get isEmpty(): boolean {
    return this.#live.size === 0 && this.#behind.size === 0;
  }

  /** Whether it waits for the rights of its subscribers to be read again. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  has(subscriber: Subscriber): boolean {
    return this.#live.has(subscriber) || this.#behind.has(subscriber);
  }

  /** How many stand at the delivered point, and how many are behind it. */
  get counts(): { live: number; behind: number } {
    return { live: this.#live.size, behind: this.#behind.size };
  }

  /**
   * Begins to feed a subscriber from its cursor.
   * @param checkedAt how far the stream had come when its rights were read, if nobody has lost any
   *   since; else they are read first
   */
  add(subscriber: Subscriber, checkedAt?: number): void {
    this.#behind.add(subscriber);
    void this.#catchUp(subscriber, checkedAt);
  }

  /** Stops feeding a subscriber. */
  remove(subscriber: Subscriber): void {
    this.#behind.delete(subscriber);
    if (this.#live.delete(subscriber)) subscriber.setLive(false);
  }

  /**
   * Delivers nothing more live, until it is released.
   * @returns the hold, to be given to isNewest
   */
  hold(): number {
    this.#isHeld = true;
    this.#lastHold += 1;
    return this.#lastHold;
  }

  /** Whether rights that were read under a hold are to be applied: under a newer one they are read again. */
  isNewest(hold: number): boolean {
    return hold === this.#lastHold;
  }

  /** Goes on, once the rights that were read under the newest hold are applied. */
  release(): void {
    this.#isHeld = false;
    this.retry();
  }

  /** Takes committed entries, from a local commit or a hint, in any order and any number of times. */
  offer(chunk: Chunk): void {
    const fresh = cut(chunk, this.#delivered);
    if (fresh === null) return;
    if (!this.isHeld && fresh.first === this.#delivered + 1) this.#deliver(fresh);
    else this.announce(fresh.last);
  }

  /**
   * Learns that the stream has come this far, and fetches what is missing.
   * @returns whether that was news
   */
  announce(head: number): boolean {
    const news = head > this.#head;
    this.#head = Math.max(this.#head, head);
    if (!this.isHeld && this.#delivered < this.#head) this.#reading ??= this.#readMissing();
    return news;
  }

  /** Lets those fall behind whose connection does not pass on what it gets, be it nothing but signals. */
  relieve(): void {
    for (const subscriber of this.#live) {
      if (subscriber.waitingBytes() > this.#options.bufferBytes) this.#fallBehind(subscriber);
    }
  }

  /** Tries again whatever a failed read left undone. */
  retry(): void {
    this.announce(this.#head);
    for (const subscriber of this.#stalled.splice(0)) void this.#catchUp(subscriber);
  }

  #deliver(chunk: Chunk): void {
    const change = rightsChangeIn(chunk);
    const now = change === null ? chunk : cut(chunk, 0, change)!;
    this.#delivered = now.last;
    this.#head = Math.max(this.#head, chunk.last);
    this.#handOver(now);
    // Whoever lost their place by this very entry is given nothing that was committed after it.
    if (change !== null) this.#onRightsChanged();
    if (this.#stalled.length > 0) this.retry();
  }

  #handOver(chunk: Chunk): void {
    if (this.#live.size === 0) return;
    for (const subscriber of this.#live) {
      subscriber.send(chunk);
      subscriber.cursor = this.#delivered;
      if (subscriber.waitingBytes() > this.#options.bufferBytes) this.#fallBehind(subscriber);
    }
    metrics.delivered.inc(countOf(chunk) * this.#live.size);
    const age = Date.now() - storedAt(chunk);
    metrics.deliverySeconds.observe(Math.max(0, age) / 1000);
  }

  #fallBehind(subscriber: Subscriber): void {
    this.#live.delete(subscriber);
    subscriber.setLive(false);
    this.add(subscriber);
  }

  #goLive(subscriber: Subscriber): void {
    this.#behind.delete(subscriber);
    this.#live.add(subscriber);
    subscriber.setLive(true);
  }

  async #catchUp(subscriber: Subscriber, checkedAt?: number): Promise<void> {
    // Committed before the rights are read, so whoever has them then may have all of it.
    const head = checkedAt ?? this.#head;
    const mayWait = Math.min(PAGE_BYTES, this.#options.bufferBytes);
    // Meanwhile the first page is read; later, the next while one waits to be sent.
    this.#readAhead(subscriber.cursor, null);
    let page: Chunk | null = null;
    let entryBytes: number | null = null;
    try {
      if (checkedAt === undefined && !(await this.#mayFollow(subscriber))) return;
      while (this.#behind.has(subscriber)) {
        if (subscriber.waitingBytes() > mayWait) {
          await subscriber.drained();
          continue;
        }
        if (page) {
          this.#sendBehind(subscriber, page);
          page = null;
          continue;
        }
        if (subscriber.cursor === this.#delivered) {
          this.#goLive(subscriber);
          return;
        }
        const chunk = await this.#next(subscriber.cursor, entryBytes);
        // What was delivered since then is good as well: at an entry that ends somebody's rights
        // the feed holds until it has looked at everybody's, those who are behind included.
        page = chunk && cut(chunk, 0, Math.max(head, this.#delivered));
        if (!page) {
          this.#stalled.push(subscriber);
          return;
        }
        // Sent if there is room still: feeds of other sessions may have filled the connection meanwhile.
        entryBytes = entryBytesOf(page);
      }
    } catch (error) {
      this.#options.onError(error);
      this.#stalled.push(subscriber);
    }
  }

  async #next(cursor: number, entryBytes: number | null): Promise<Chunk | null> {
    const { history } = this.#options;
    const recalled = history.recall(this.session_id, cursor);
    if (recalled) {
      this.#readAhead(recalled.last, entryBytesOf(recalled));
      return recalled;
    }
    const chunk = await history.read(this.session_id, cursor, entryBytes);
    if (chunk === null) return null;
    // What it read is committed, so the live subscribers may have it too.
    this.offer(chunk);
    // While this one is sent, the next is read: the question leaves before the frame is made.
    this.#readAhead(chunk.last, entryBytesOf(chunk));
    await nextTurn();
    return chunk;
  }

  #readAhead(cursor: number, entryBytes: number | null): void {
    this.#options.history.readAhead(this.session_id, cursor, this.#head, entryBytes);
  }

  #sendBehind(subscriber: Subscriber, chunk: Chunk): void {
    subscriber.send(chunk);
    subscriber.cursor = chunk.last;
    metrics.delivered.inc(countOf(chunk));
  }

  /**
   * Asked once for everybody who begins to be fed: their rights may have ended before this feed knew
   * of them. Whatever ends them later is told to the feed, which looks at all its subscribers.
   */
  async #mayFollow(subscriber: Subscriber): Promise<boolean> {
    const hold = this.#lastHold;
    const table = await this.#readRights();
    // Who has left is not among those whose rights were read, and may have come again since.
    if (!this.#behind.has(subscriber)) return false;
    const rights = table.rights(this.session_id, subscriber.identity);
    if (rights) {
      // Those it came with may be older than its place here; a hold meanwhile renews them itself.
      if (this.isNewest(hold)) subscriber.rights = rights;
      return true;
    }
    this.remove(subscriber);
    subscriber.closed("You may no longer follow this session");
    return false;
  }

  /** One query for all who ask in the same turn of the event loop, such as after an outage. */
  #readRights(): Promise<AccessTable> {
    this.#asked ??= nextTurn().then(() => {
      this.#asked = null;
      const user_ids = new Set([...this.#behind].map(({ identity }) => identity.user_id));
      return AccessTable.load([this.session_id], [...user_ids], sqlIn(null));
    });
    return this.#asked;
  }

  async #readMissing(): Promise<void> {
    let entryBytes: number | null = null;
    try {
      while (!this.isHeld && this.#delivered < this.#head) {
        const { history } = this.#options;
        const chunk = await history.read(this.session_id, this.#delivered, entryBytes);
        if (chunk === null) return;
        entryBytes = entryBytesOf(chunk);
        this.offer(chunk);
      }
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#reading = null;
    }
  }
}
