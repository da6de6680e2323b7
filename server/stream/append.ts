import { CommandError } from "../../contract/errors.ts";
import type { Transact } from "../database/sql.ts";
import { metrics } from "../metrics.ts";
import { KnownSessions } from "./known_sessions.ts";
import { type Post, type Stored, store } from "./store.ts";
import type { Written } from "./write.ts";

interface Waiting {
  readonly post: Post;
  resolve(written: Written): void;
  reject(error: unknown): void;
}

/** Posts of one session in one batch, so that a busy session leaves room for the quiet ones. */
const PER_SESSION = 256;
const PER_BATCH = 512;
/** A batch is closed once it has this much; it is one statement, and one frame for each session. */
const BATCH_BYTES = 4_194_304;
/** A transaction that takes longer waits for something that others need not wait for, such as a lock. */
const LATE_MS = 200;
/** Above this a commit serves so many posts that those who wait are better off together. */
const FEW = 8;

/**
 * Stores posts in groups: whatever arrives while a transaction is in flight leaves together in the
 * next one, so that one commit to disk serves many posts and no timer delays the first. Posts of other
 * sessions have another transaction, while there are few and when there are enough to fill it.
 */
export class Appender {
  /** Those that no transaction is in flight on. */
  readonly #lanes: Transact[];
  readonly #queueBytes: number;
  readonly #publish: (written: readonly Written[]) => void;
  readonly #queues = new Map<string, Waiting[]>();
  readonly #known = new KnownSessions();
  #waitingBytes = 0;
  #waiting = 0;
  /** Sessions of which posts are in flight, how many are in all without what is late, and transactions. */
  readonly #busy = new Set<string>();
  #inFlight = 0;
  #flights = 0;
  /** Whether those who wait are looked at in this turn of the event loop. */
  #looking = false;
  #idle: (() => void)[] = [];

  /**
   * @param options.lanes each used by one transaction at a time
   * @param options.queueBytes of posts that may wait; more are refused as rate_limited
   * @param options.publish called with what a commit stored, in order, before the posts are answered
   */
  constructor(options: {
    lanes: readonly Transact[];
    queueBytes: number;
    publish: (written: readonly Written[]) => void;
  }) {
    this.#lanes = [...options.lanes];
    this.#queueBytes = options.queueBytes;
    this.#publish = options.publish;
  }

  /**
   * Stores one entry; resolves only after it is committed.
   * @throws CommandError what the draft refused, id_reused, not_found, rate_limited
   */
  post(post: Post): Promise<Written> {
    if (this.#waitingBytes + post.bytes > this.#queueBytes) {
      const message = "More is waiting to be stored than this server holds";
      throw new CommandError("rate_limited", message, { retry_after_ms: 1000 });
    }
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(post.session_id);
      if (queue) queue.push({ post, resolve, reject });
      else this.#queues.set(post.session_id, [{ post, resolve, reject }]);
      this.#waitingBytes += post.bytes;
      this.#waiting += 1;
      if (this.#looking || !this.#mayCommit()) return;
      this.#looking = true;
      // The rest of this tick may bring more posts, and they can share the first commit.
      setImmediate(() => {
        this.#looking = false;
        this.#next();
      });
    });
  }

  /** Decides by nothing that it knows of a session, but reads it anew. */
  forget(session_id: string): void {
    this.#known.forget([{ session_id }]);
  }

  /** Resolves when nothing is waiting or in flight. */
  async settled(): Promise<void> {
    if (this.#waiting + this.#flights === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Whether a transaction may begin now: beside others if nothing is gained by waiting for them. */
  #mayCommit(): boolean {
    if (this.#lanes.length === 0) return false;
    const few = this.#inFlight + this.#waiting <= FEW;
    return this.#inFlight === 0 || few || this.#waiting >= PER_BATCH;
  }

  #next(): void {
    while (this.#waiting > 0 && this.#mayCommit()) {
      const batch = this.#take();
      if (batch.length === 0) return;
      void this.#send(batch);
    }
    if (this.#waiting + this.#flights > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #send(batch: Waiting[]): Promise<void> {
    const transact = this.#lanes.pop()!;
    const session_ids = new Set(batch.map(({ post }) => post.session_id));
    for (const session_id of session_ids) this.#busy.add(session_id);
    this.#flights += 1;
    let counted = batch.length;
    this.#inFlight += counted;
    const late = setTimeout(() => {
      this.#inFlight -= counted;
      counted = 0;
      this.#next();
    }, LATE_MS);
    const answer = await this.#commit(batch, transact);
    clearTimeout(late);
    this.#inFlight -= counted;
    this.#flights -= 1;
    this.#lanes.push(transact);
    for (const session_id of session_ids) this.#busy.delete(session_id);
    // The next batch is on its way to the disk while this one is fanned out.
    this.#next();
    answer();
  }

  /** Takes posts of sessions of which none is in flight, so that a session's keep their order. */
  #take(): Waiting[] {
    const batch: Waiting[] = [];
    let bytes = 0;
    for (const [session_id, queue] of [...this.#queues]) {
      if (this.#busy.has(session_id)) continue;
      const room = Math.min(PER_SESSION, PER_BATCH - batch.length);
      let count = 0;
      while (count < room && count < queue.length && bytes < BATCH_BYTES) {
        bytes += queue[count]!.post.bytes;
        count += 1;
      }
      if (count === 0) break;
      batch.push(...queue.splice(0, count));
      this.#queues.delete(session_id);
      // Behind the others, so that every session is served in turn.
      if (queue.length > 0) this.#queues.set(session_id, queue);
    }
    this.#waitingBytes -= bytes;
    this.#waiting -= batch.length;
    return batch;
  }

  /** Never rejects: returns how to answer everybody in the batch. */
  async #commit(batch: Waiting[], transact: Transact, attempt = 1): Promise<() => void> {
    const seconds = metrics.commitSeconds.startTimer();
    const posts = batch.map((waiting) => waiting.post);
    const known = attempt === 1 ? this.#known.recall(posts) : null;
    try {
      const stored = await transact((sql) => store(posts, known, sql));
      this.#known.learn(posts, stored.facts);
      seconds();
      metrics.batchSize.observe(batch.length);
      return () => this.#answer(batch, stored);
    } catch (error) {
      this.#known.forget(posts);
      const mayPass = isContention(error) || (known !== null && isAboutOneRow(error));
      if (mayPass && attempt < 3) {
        return this.#commit(batch, transact, attempt + 1);
      }
      if (batch.length > 1 && isAboutOneRow(error)) {
        const middle = Math.ceil(batch.length / 2);
        const first = await this.#commit(batch.slice(0, middle), transact);
        const second = await this.#commit(batch.slice(middle), transact);
        return () => {
          first();
          second();
        };
      }
      return () => {
        for (const waiting of batch) waiting.reject(error);
      };
    }
  }

  #answer(batch: readonly Waiting[], { outcomes, fresh }: Stored): void {
    this.#publish(fresh);
    batch.forEach((waiting, index) => {
      const outcome = outcomes[index]!;
      if (outcome instanceof Error) waiting.reject(outcome);
      else waiting.resolve(outcome);
    });
  }
}

/** PostgreSQL's five characters for what went wrong; empty for anything else. */
function sqlState(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : "";
}

/**
 * Deadlock or serialization failure (PostgreSQL error class 40), or an id that another node stored
 * in another session meanwhile (23505) and that is found now: the same again will do.
 */
function isContention(error: unknown): boolean {
  return /^(40|23505)/.test(sqlState(error));
}

/** Bad data or a broken constraint (classes 22, 23): the others may pass. */
function isAboutOneRow(error: unknown): boolean {
  return /^2[23]/.test(sqlState(error));
}
