import { BaseError, type Sequelize, type Transaction } from "sequelize";
import { CommandError } from "../../contract/errors.ts";
import type { Identity } from "../../models/index.ts";
import { metrics } from "../metrics.ts";
import { type Access, accessOf, loadAccessRows } from "./access.ts";
import type { Draft } from "./draft.ts";
import { findProxyAgents } from "./proxy_agent.ts";
import { type Candidate, lockSessions, type Written, write } from "./write.ts";

/** Somebody's wish to add one entry to a session. */
export interface Post {
  readonly session_id: string;
  readonly identity: Identity;
  /** Of the input as JSON, so that what waits and what leaves together is bounded. */
  readonly bytes: number;
  /** Throws a CommandError if nothing may be added now; not asked about what is stored already. */
  admit(access: Access): void;
  /** Makes the entry from what the actor may do; throws a CommandError to refuse. */
  draft(access: Access): Draft;
}

type Outcome = Written | CommandError;

interface Waiting {
  readonly post: Post;
  resolve(written: Written): void;
  reject(error: unknown): void;
}

/** Posts of one session in one batch, so that a busy session leaves room for the quiet ones. */
const PER_SESSION = 256;
const PER_BATCH = 1024;
/** A batch is closed once it has this much; it is one statement, and one frame for each session. */
const BATCH_BYTES = 4_194_304;

/**
 * Stores posts in groups: whatever arrives while a transaction is in flight leaves together in the
 * next one, so that one commit to disk serves many posts and no timer delays the first.
 */
export class Appender {
  readonly #sequelize: Sequelize;
  readonly #queueBytes: number;
  readonly #publish: (written: readonly Written[]) => void;
  readonly #queues = new Map<string, Waiting[]>();
  #waitingBytes = 0;
  #inFlight = false;
  #idle: (() => void)[] = [];

  /**
   * @param options.queueBytes of posts that may wait; more are refused as rate_limited
   * @param options.publish called with what a commit stored, in order, before the posts are answered
   */
  constructor(options: {
    sequelize: Sequelize;
    queueBytes: number;
    publish: (written: readonly Written[]) => void;
  }) {
    this.#sequelize = options.sequelize;
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
      const queue = this.#queues.get(post.session_id) ?? [];
      this.#queues.set(post.session_id, queue);
      queue.push({ post, resolve, reject });
      this.#waitingBytes += post.bytes;
      if (this.#inFlight) return;
      this.#inFlight = true;
      // The rest of this tick may bring more posts, and they can share the first commit.
      setImmediate(() => this.#next());
    });
  }

  /** Resolves when nothing is waiting or in flight. */
  async settled(): Promise<void> {
    if (this.#inFlight) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #next(): void {
    const batch = this.#take();
    if (batch.length === 0) {
      this.#inFlight = false;
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    void this.#commit(batch).then((answer) => {
      // The next batch is on its way to the disk while this one is fanned out.
      this.#next();
      answer();
    });
  }

  #take(): Waiting[] {
    const batch: Waiting[] = [];
    let bytes = 0;
    for (const [session_id, queue] of [...this.#queues]) {
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
    return batch;
  }

  /** Never rejects: returns how to answer everybody in the batch. */
  async #commit(batch: Waiting[], attempt = 1): Promise<() => void> {
    const seconds = metrics.commitSeconds.startTimer();
    try {
      const outcomes = await this.#sequelize.transaction((transaction) =>
        store(
          batch.map((waiting) => waiting.post),
          transaction,
        ),
      );
      seconds();
      metrics.batchSize.observe(batch.length);
      return () => this.#answer(batch, outcomes);
    } catch (error) {
      if (isContention(error) && attempt < 3) return this.#commit(batch, attempt + 1);
      if (batch.length > 1 && isAboutOneRow(error)) {
        const middle = Math.ceil(batch.length / 2);
        const first = await this.#commit(batch.slice(0, middle));
        const second = await this.#commit(batch.slice(middle));
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

  #answer(batch: readonly Waiting[], outcomes: readonly Outcome[]): void {
    const fresh = outcomes.filter(
      (outcome) => !(outcome instanceof CommandError) && !outcome.duplicate,
    ) as Written[];
    metrics.appended.inc(fresh.length);
    this.#publish(fresh);
    batch.forEach((waiting, index) => {
      const outcome = outcomes[index]!;
      if (outcome instanceof CommandError) waiting.reject(outcome);
      else waiting.resolve(outcome);
    });
  }
}

async function store(posts: readonly Post[], transaction: Transaction): Promise<Outcome[]> {
  const session_ids = [...new Set(posts.map((post) => post.session_id))];
  const user_ids = [...new Set(posts.map((post) => post.identity.user_id))];
  const people = posts.filter((post) => post.identity.agent_id === null);
  const locked = await lockSessions(session_ids, transaction);
  const rows = await loadAccessRows(session_ids, user_ids, transaction);
  const proxies = await findProxyAgents(
    people.map((post) => post.identity.user_id),
    transaction,
  );
  const candidates = posts.map((post): Candidate | CommandError => {
    const session = locked.get(post.session_id);
    const { identity } = post;
    const proxy = identity.agent_id === null ? proxies.get(identity.user_id) : null;
    const access = session && accessOf(rows, session, identity, proxy);
    if (!access) return new CommandError("not_found", "There is no such session for you");
    const draft = attempt(() => post.draft(access));
    if (draft instanceof CommandError) return draft;
    const refusal = attempt(() => post.admit(access));
    return { draft, refusal: refusal instanceof CommandError ? refusal : null };
  });
  const accepted = candidates.filter((one): one is Candidate => !(one instanceof CommandError));
  const written = (await write(accepted, locked, transaction)).values();
  return candidates.map((one) =>
    one instanceof CommandError ? one : (written.next().value as Outcome),
  );
}

/** What a function returns, or the CommandError it throws; a fault goes on as one. */
function attempt<Result>(run: () => Result): Result | CommandError {
  try {
    return run();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}

function sqlState(error: unknown): string {
  // Sequelize gives constraint violations classes of their own beside DatabaseError.
  const original = error instanceof BaseError && "original" in error ? error.original : undefined;
  return (original as { code?: string } | undefined)?.code ?? "";
}

/**
 * Deadlock or serialization failure (PostgreSQL error class 40), or an id that another node stored
 * in another session meanwhile (23505) and that is found now: the same again will do.
 */
function isContention(error: unknown): boolean {
  return /^(40|23505)/.test(sqlState(error));
}

/** Bad data or a broken constraint (classes 22, 23), or a fault in a draft: the others may pass. */
function isAboutOneRow(error: unknown): boolean {
  return /^2[23]/.test(sqlState(error)) || !(error instanceof BaseError);
}
