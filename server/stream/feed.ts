import type { Entry } from "../../contract/entry.ts";
import { metrics } from "../metrics.ts";
import { loadAccessRows, rightsOf } from "./access.ts";
import { readPage } from "./read.ts";
import { RecentEntries, sizeOf } from "./recent.ts";
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

/** Entries of the first page of somebody who is behind, while the size of entries is unknown. */
const FIRST_PAGE = 16;
const LARGEST_PAGE = 500;
const PAGE_BYTES = 262_144;

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

  /** @param head a number known to be committed, from which delivery begins */
  constructor(session_id: string, head: number, options: FeedOptions) {
    this.session_id = session_id;
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
   * Takes committed entries, from a local commit or a hint, in any order and any number of times.
   * @param entries consecutive entries of this session
   */
  offer(entries: readonly Entry[]): void {
    const fresh = entries.filter((entry) => entry.seq > this.#delivered);
    if (fresh.length === 0) return;
    if (fresh[0]!.seq === this.#delivered + 1) this.#deliver(fresh);
    else this.announce(fresh.at(-1)!.seq);
  }

  /**
   * Learns that the stream has come this far, and fetches what is missing.
   * @returns whether that was news
   */
  announce(head: number): boolean {
    const news = head > this.#head;
    this.#head = Math.max(this.#head, head);
    if (this.#delivered < this.#head) this.#reading ??= this.#readMissing();
    return news;
  }

  /** Tries again whatever a failed read left undone. */
  retry(): void {
    this.announce(this.#head);
    for (const subscriber of this.#stalled.splice(0)) void this.#catchUp(subscriber);
  }

  #deliver(entries: readonly Entry[]): void {
    const removal = entries.findIndex(removedMember);
    const now = removal === -1 ? entries : entries.slice(0, removal + 1);
    this.#recent.push(now);
    this.#delivered = now.at(-1)!.seq;
    this.#head = Math.max(this.#head, this.#delivered);
    this.#handOver(now);
    if (removal === -1) return;
    // The member's stream ends at the very entry that removes them, whatever is committed after it.
    this.#closeMember(removedMember(entries[removal]!)!);
    const rest = entries.slice(removal + 1);
    if (rest.length > 0) this.#deliver(rest);
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

  #closeMember(user_id: string): void {
    for (const subscriber of this.subscribers) {
      if (subscriber.identity.user_id !== user_id || subscriber.identity.agent_id !== null)
        continue;
      this.remove(subscriber);
      subscriber.closed("You were removed from this session");
    }
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
        const recent = this.#recent.after(subscriber.cursor);
        if (recent && (await this.#mayFollow(subscriber))) {
          this.#sendBehind(subscriber, this.#recent.after(subscriber.cursor) ?? recent);
        }
        if (!this.#behind.has(subscriber)) return;
        if (subscriber.cursor === this.#delivered) {
          this.#goLive(subscriber);
          return;
        }
        if (subscriber.cursor > this.#delivered && this.#reading) {
          // It knows of entries whose hint is still on the way; the live ones are fetching them.
          await this.#reading;
          continue;
        }
        const page = await readPage(this.session_id, subscriber.cursor, limit);
        if (page.length === 0) {
          throw new Error(`cursor ${subscriber.cursor} is not in the stream of ${this.session_id}`);
        }
        if (!(await this.#mayFollow(subscriber))) return;
        this.#sendBehind(subscriber, page);
        // What it read is committed, so the live subscribers may have it too.
        this.offer(page);
        limit = nextLimit(page, limit);
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

  /** Asked after each read and before it is sent: a page must not outlive the right to see it. */
  async #mayFollow(subscriber: Subscriber): Promise<boolean> {
    const { identity } = subscriber;
    const rows = await loadAccessRows([this.session_id], [identity.user_id]);
    if (rightsOf(rows, this.session_id, identity)) return this.#behind.has(subscriber);
    this.remove(subscriber);
    subscriber.closed("You may no longer follow this session");
    return false;
  }

  async #readMissing(): Promise<void> {
    try {
      while (this.#delivered < this.#head) {
        const page = await readPage(this.session_id, this.#delivered, LARGEST_PAGE);
        if (page.length === 0) return;
        this.offer(page);
      }
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#reading = null;
    }
  }
}

function removedMember(entry: Entry): string | undefined {
  return entry.kind === "log_entry" && entry.data?.event === "member.removed"
    ? (entry.data.user_id as string)
    : undefined;
}

function nextLimit(page: readonly Entry[], limit: number): number {
  if (page.length === 0) return limit;
  const average = page.reduce((sum, entry) => sum + sizeOf(entry), 0) / page.length;
  return Math.max(1, Math.min(LARGEST_PAGE, Math.floor(PAGE_BYTES / average)));
}
