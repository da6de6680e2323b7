import { sqlIn, type Transact } from "../database/sql.ts";
import { metrics } from "../metrics.ts";
import { AccessTable } from "./access.ts";
import { Appender } from "./append.ts";
import { type Chunk, chunksOf } from "./chunk.ts";
import { Feed, type FeedOptions } from "./feed.ts";
import type { Hint, Hints } from "./hints.ts";
import { readHeads } from "./read.ts";
import type { Post } from "./store.ts";
import type { Subscriber } from "./subscriber.ts";
import type { Written } from "./write.ts";

const BEGUN_ANEW = "The stream has begun anew from an older state; read it from the beginning";

/** The streams of all sessions, as one node sees them. */
export class Stream {
  readonly #feeds = new Map<string, Feed>();
  readonly #appender: Appender;
  readonly #hints: Hints;
  readonly #feedOptions: FeedOptions;
  readonly #pollMs: number;
  readonly #relief: NodeJS.Timeout;
  #poll: NodeJS.Timeout | undefined;
  #rechecks = 0;

  /**
   * @param options.lanes for appending alone, each for one transaction at a time
   * @param options.queueBytes of posts that may wait on this node
   * @param options.pollMs milliseconds between looks for entries that no hint announced
   * @param options.hints made with this stream's onHint; see hints.ts
   */
  constructor(options: {
    lanes: readonly Transact[];
    queueBytes: number;
    pollMs: number;
    hints: (onHint: (hint: Hint) => void) => Hints;
    feed: FeedOptions;
  }) {
    this.#feedOptions = options.feed;
    this.#pollMs = options.pollMs;
    this.#hints = options.hints((hint) => this.#onHint(hint));
    this.#appender = new Appender({
      lanes: options.lanes,
      queueBytes: options.queueBytes,
      publish: (written) => this.publish(written),
    });
    metrics.subscribers.set({ state: "live" }, 0);
    metrics.subscribers.set({ state: "behind" }, 0);
    this.#schedulePoll();
    // Not after a poll, which waits for PostgreSQL: signals go on while it is away.
    this.#relief = setInterval(() => this.#relieve(), options.pollMs);
  }

  /** Stores one entry; see Appender.post. */
  post(post: Post): Promise<Written> {
    return this.#appender.post(post);
  }

  /**
   * Hands what a commit stored to the subscribers of this node, and hints it to the other nodes.
   * @param written of any sessions; entries of one session in the order of their numbers
   */
  publish(written: readonly Written[]): void {
    metrics.appended.inc(written.length);
    const isWanted = (session_id: string) => this.#hints.reachOthers || this.#feeds.has(session_id);
    for (const chunk of chunksOf(written, isWanted)) {
      this.#hints.publish(chunk);
      this.#offer(chunk);
    }
  }

  /**
   * Begins to hand a session's stream to a subscriber, from its cursor on.
   * @param head a committed number not below the subscriber's cursor
   * @param rechecks what `rechecks` was before the subscriber's rights were read together with the
   *   head; they are read again if it was not noted, or has changed since
   */
  join(session_id: string, subscriber: Subscriber, head: number, rechecks?: number): void {
    let feed = this.#feeds.get(session_id);
    if (!feed) {
      const { history } = this.#feedOptions;
      // Kept since somebody followed it, and nobody noticed that the database was set back.
      if (history.newest(session_id) > head) history.forget(session_id);
      const recheck = () => void this.recheck([session_id]).catch(this.#feedOptions.onError);
      feed = new Feed(session_id, head, this.#feedOptions, recheck);
      this.#feeds.set(session_id, feed);
      this.#lookOnceFollowed(feed).catch(this.#feedOptions.onError);
    }
    metrics.joins.inc();
    feed.announce(head);
    feed.add(subscriber, rechecks === this.#rechecks ? head : undefined);
  }

  /** How often somebody's place in a session has ended, or may have, as far as this node was told. */
  get rechecks(): number {
    return this.#rechecks;
  }

  /** Finds what was committed after `head` was read and before this node heard of the session. */
  async #lookOnceFollowed(feed: Feed): Promise<void> {
    await this.#hints.follow(feed.session_id);
    await this.#look([feed]);
  }

  /**
   * Reads how far streams have come, and tells their feeds.
   * @returns to how many it was news
   */
  async #look(feeds: readonly Feed[]): Promise<number> {
    // That much is committed, so no head that is read from here on is below it.
    const delivered = feeds.map((feed) => feed.delivered);
    const heads = await readHeads(feeds.map((feed) => feed.session_id));
    let news = 0;
    feeds.forEach((feed, index) => {
      if (this.#feeds.get(feed.session_id) !== feed) return;
      const head = heads.get(feed.session_id) ?? 0;
      if (head < delivered[index]!) this.#beginAnew(feed);
      else if (feed.announce(head)) news += 1;
    });
    return news;
  }

  /**
   * Ends a feed that has delivered what is no longer stored: a backup was restored, or PostgreSQL failed
   * over to a copy that lacked the last commits. Its numbers may be given to other entries now, so
   * whoever follows is to begin anew.
   */
  #beginAnew(feed: Feed): void {
    const { session_id } = feed;
    const lost = `The database was set back: session ${session_id} has lost entries that were delivered`;
    this.#feedOptions.onError(new Error(lost));
    this.#appender.forget(session_id);
    this.#feedOptions.history.forget(session_id);
    for (const subscriber of feed.subscribers) {
      this.leave(session_id, subscriber);
      subscriber.closed(BEGUN_ANEW);
    }
  }

  /** Ends a subscription; harmless if it has ended. */
  leave(session_id: string, subscriber: Subscriber): void {
    const feed = this.#feeds.get(session_id);
    feed?.remove(subscriber);
    if (!feed?.isEmpty) return;
    this.#feeds.delete(session_id);
    this.#hints.unfollow(session_id);
  }

  /**
   * Renews the rights of subscribers, and ends the subscriptions of those who have none left. The
   * feeds are held meanwhile; and if the database fails, until the poll finds it again.
   * @param session_ids where to look; all sessions followed on this node if left out
   */
  async recheck(session_ids: readonly string[] = [...this.#feeds.keys()]): Promise<void> {
    this.#rechecks += 1;
    const checks = session_ids
      .flatMap((id) => this.#feeds.get(id) ?? [])
      .map((feed) => ({ feed, hold: feed.hold(), subscribers: feed.subscribers }));
    if (checks.length === 0) return;
    const user_ids = checks.flatMap(({ subscribers }) =>
      subscribers.map((subscriber) => subscriber.identity.user_id),
    );
    const table = await AccessTable.load(
      checks.map(({ feed }) => feed.session_id),
      [...new Set(user_ids)],
      sqlIn(null),
    );
    for (const { feed, hold, subscribers } of checks) {
      // Answers may overtake one another.
      if (!feed.isNewest(hold)) continue;
      // Whoever came or went meanwhile is passed over: who comes is looked at before going live.
      for (const subscriber of subscribers.filter((one) => feed.has(one))) {
        const rights = table.rights(feed.session_id, subscriber.identity);
        if (rights) subscriber.rights = rights;
        else {
          this.leave(feed.session_id, subscriber);
          subscriber.closed("You may no longer follow this session");
        }
      }
      feed.release();
    }
  }

  /** Stops looking for entries, and resolves when every post that was accepted is answered. */
  async stop(): Promise<void> {
    clearTimeout(this.#poll);
    this.#poll = undefined;
    clearInterval(this.#relief);
    await this.#appender.settled();
  }

  #onHint({ session_id, head, chunk }: Hint): void {
    if (chunk) this.#offer(chunk);
    else this.#feeds.get(session_id)?.announce(head);
  }

  /** Only what somebody follows here is kept in memory, so that other posts leave nothing behind. */
  #offer(chunk: Chunk): void {
    const feed = this.#feeds.get(chunk.session_id);
    if (!feed) return;
    const { history } = this.#feedOptions;
    if (history.contradicts(chunk)) this.#beginAnew(feed);
    else {
      history.remember(chunk);
      feed.offer(chunk);
    }
  }

  #schedulePoll(): void {
    this.#poll = setTimeout(async () => {
      await this.#repair();
      if (this.#poll) this.#schedulePoll();
    }, this.#pollMs);
  }

  async #repair(): Promise<void> {
    try {
      const held = [...this.#feeds.values()].filter((feed) => feed.isHeld);
      if (held.length > 0) await this.recheck(held.map((feed) => feed.session_id));
      const feeds = [...this.#feeds.values()];
      if (feeds.length > 0) metrics.hintsRepaired.inc(await this.#look(feeds));
      for (const feed of this.#feeds.values()) feed.retry();
    } catch (error) {
      this.#feedOptions.onError(error);
    }
  }

  #relieve(): void {
    let live = 0;
    let behind = 0;
    for (const feed of this.#feeds.values()) {
      feed.relieve();
      live += feed.counts.live;
      behind += feed.counts.behind;
    }
    metrics.subscribers.set({ state: "live" }, live);
    metrics.subscribers.set({ state: "behind" }, behind);
    metrics.historyBytes.set(this.#feedOptions.history.bytes);
  }
}
