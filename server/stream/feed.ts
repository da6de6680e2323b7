import type { Entry } from "../../contract/entry.ts";
import { metrics } from "../metrics.ts";
import { loadAccessRows, rightsOf } from "./access.ts";
import { FIRST_PAGE, nextLimit } from "./page_size.ts";
import { readPage } from "./read.ts";
import { RecentEntries } from "./recent.ts";
import type { Subscriber } from "./subscriber.ts";

/** What a feed needs from the node around it. */
export interface FeedOptions {
  /** Bytes that may wait for a live subscriber before it is fed from the database instead. */
  readonly bufferBytes: number;
  /** Sends entries once to all live subscribers that share the broadcast. */
  broadcast(session_id: string, entries: readonly Entry[]): void;
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
  readonly #recent = new RecentEntries();
  /** The number up to which every live subscriber has been handed the stream. */
  #delivered: number;
  /** The highest number known to be committed. */
  #head: number;
  #reading: Promise<void> | null = null;
  /** Those whose feeding failed, until the poll finds the database again. */
  readonly #stalled: Subscriber[] = [];
  readonly #onRightsChanged: () => void;
  #lastHold = 0;
  #lastRelease = 0;

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

  get isEmpty(): boolean {
    return this.#live.size === 0 && this.#behind.size === 0;
  }

  /** Whether it waits for the rights of its subscribers to be read again. */
  get isHeld(): boolean {
    return this.#lastHold > this.#lastRelease;
  }

  has(subscriber: Subscriber): boolean {
    return this.#live.has(subscriber) || this.#behind.has(subscriber);
  }

  /** How many stand at the delivered point, and how many are behind it. */
  get counts(): { live: number; behind: number } {
    return { live: this.#live.size, behind: this.#behind.size };
  }

  /** Begins to feed a subscriber from its cursor. */
  add(subscriber: Subscriber): void {
    this.#behind.add(subscriber);
    void this.#catchUp(subscriber);
  }

  /** Stops feeding a subscriber. */
  remove(subscriber: Subscriber): void {
    this.#behind.delete(subscriber);
    if (this.#live.delete(subscriber)) subscriber.setLive(false);
  }

  /**
   * Delivers nothing more live, until the newest hold is released.
   * @returns the hold, to be given to release
   */
  hold(): number {
    this.#lastHold += 1;
    return this.#lastHold;
  }

  /** Goes on, unless a newer hold waits for what a newer reading of rights says. */
  release(hold: number): void {
    if (hold < this.#lastHold) return;
    this.#lastRelease = hold;
    this.retry();
  }

  /**
   * Takes committed entries, from a local commit or a hint, in any order and any number of times.
   * @param entries consecutive entries of this session
   */
  offer(entries: readonly Entry[]): void {
    const fresh = entries.filter((entry) => entry.seq > this.#delivered);
    if (fresh.length === 0) return;
    if (!this.isHeld && fresh[0]!.seq === this.#delivered + 1) this.#deliver(fresh);
    else this.announce(fresh.at(-1)!.seq);
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

  /** Tries again whatever a failed read left undone. */
  retry(): void {
    this.announce(this.#head);
    for (const subscriber of this.#stalled.splice(0)) void this.#catchUp(subscriber);
  }

  #deliver(entries: readonly Entry[]): void {
    const change = entries.findIndex(changesRights);
    const now = change === -1 ? entries : entries.slice(0, change + 1);
    this.#recent.push(now);
    this.#delivered = now.at(-1)!.seq;
    this.#head = Math.max(this.#head, entries.at(-1)!.seq);
    this.#handOver(now);
    // Whoever lost their place by this very entry is given nothing that was committed after it.
    if (change !== -1) this.#onRightsChanged();
  }

  #handOver(entries: readonly Entry[]): void {
    if (this.#live.size === 0) return;
    this.#options.broadcast(this.session_id, entries);
    for (const subscriber of this.#live) {
      if (!subscriber.sharesBroadcast) subscriber.send(entries);
      subscriber.cursor = this.#delivered;
      if (subscriber.waitingBytes() > this.#options.bufferBytes) this.#fallBehind(subscriber);
    }
    metrics.delivered.inc(entries.length * this.#live.size);
    const age = Date.now() - Date.parse(entries.at(-1)!.created_at);
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

  async #catchUp(subscriber: Subscriber): Promise<void> {
    let limit = FIRST_PAGE;
    try {
      while (this.#behind.has(subscriber)) {
        if (subscriber.waitingBytes() > 0) {
          await subscriber.drained();
          continue;
        }
        if (subscriber.cursor > this.#delivered && this.#reading) {
          // It knows of entries whose hint is still on the way; the live ones are fetching them.
          await this.#reading;
          continue;
        }
        const near = this.#isNear(subscriber);
        const page = near ? [] : await readPage(this.session_id, subscriber.cursor, limit);
        if (!near && page.length === 0) {
          throw new Error(`cursor ${subscriber.cursor} is not in the stream of ${this.session_id}`);
        }
        if (!(await this.#mayFollow(subscriber))) return;
        this.#sendBehind(subscriber, page);
        // What it read is committed, so the live subscribers may have it too.
        this.offer(page);
        limit = nextLimit(page, limit);
        this.#sendBehind(subscriber, this.#recent.after(subscriber.cursor) ?? []);
        if (subscriber.cursor === this.#delivered) {
          this.#goLive(subscriber);
          return;
        }
      }
    } catch (error) {
      this.#options.onError(error);
      this.#stalled.push(subscriber);
    }
  }

  #sendBehind(subscriber: Subscriber, entries: readonly Entry[]): void {
    if (entries.length === 0 || !this.#behind.has(subscriber)) return;
    subscriber.send(entries);
    subscriber.cursor = entries.at(-1)!.seq;
    metrics.delivered.inc(entries.length);
  }

  /** Whether what it lacks, if anything, is still at hand. */
  #isNear({ cursor }: Subscriber): boolean {
    return cursor === this.#delivered || this.#recent.after(cursor) !== null;
  }

  /**
   * Asked after each read and before it is sent, since a page must not outlive the right to see it;
   * and before going live, since the right may have ended before this feed knew of the subscriber.
   */
  async #mayFollow(subscriber: Subscriber): Promise<boolean> {
    const { identity } = subscriber;
    const hold = this.#lastHold;
    const rows = await loadAccessRows([this.session_id], [identity.user_id]);
    const rights = rightsOf(rows, this.session_id, identity);
    if (rights) {
      // Those it came with may be older than its place here; a hold meanwhile renews them itself.
      if (hold === this.#lastHold) subscriber.rights = rights;
      return this.#behind.has(subscriber);
    }
    this.remove(subscriber);
    subscriber.closed("You may no longer follow this session");
    return false;
  }

  async #readMissing(): Promise<void> {
    let limit = FIRST_PAGE;
    try {
      while (!this.isHeld && this.#delivered < this.#head) {
        const page = await readPage(this.session_id, this.#delivered, limit);
        if (page.length === 0) return;
        this.offer(page);
        limit = nextLimit(page, limit);
      }
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#reading = null;
    }
  }
}

/** Whether somebody's place in the session ended, or may have. */
function changesRights(entry: Entry): boolean {
  if (entry.kind !== "log_entry") return false;
  const { event, changes } = entry.data;
  return (
    event === "member.removed" ||
    (event === "session.updated" && Object.hasOwn(changes as object, "agent_ids"))
  );
}
