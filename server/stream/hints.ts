import type { Redis } from "ioredis";
import type { Entry } from "../../contract/entry.ts";
import { metrics } from "../metrics.ts";

/** What one node tells the others when it has committed entries of a session. */
export interface Hint {
  readonly session_id: string;
  readonly head: number;
  /** The entries themselves, when they are small enough to travel along. */
  readonly entries?: readonly Entry[];
}

/** Carries hints between nodes. Losing one costs time, never an entry. */
export interface Hints {
  publish(session_id: string, entries: readonly Entry[]): void;
  /** Resolves when hints of this session arrive, or when Redis refused. */
  follow(session_id: string): Promise<void>;
  unfollow(session_id: string): void;
}

/** For a single node: there is nobody to tell. */
export const noHints: Hints = { publish() {}, async follow() {}, unfollow() {} };

const PREFIX = "taskmaster:stream:";
/** Above this the receiver reads the entries from PostgreSQL; Redis is not a store. */
const MAX_HINT_CHARS = 65_536;

/** Hints over Redis pub/sub, one channel per session. */
export class RedisHints implements Hints {
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  readonly #node_id: string;

  /**
   * @param options.publisher must fail at once while Redis is away, instead of queueing
   * @param options.subscriber must subscribe again by itself when Redis is back
   * @param options.node_id tells our own hints from those of others
   * @param options.onHint called for every hint of a followed session from another node
   */
  constructor(options: {
    publisher: Redis;
    subscriber: Redis;
    node_id: string;
    onHint: (hint: Hint) => void;
  }) {
    this.#publisher = options.publisher;
    this.#subscriber = options.subscriber;
    this.#node_id = options.node_id;
    this.#subscriber.on("message", (channel: string, text: string) => {
      if (!channel.startsWith(PREFIX)) return;
      const hint = readHint(text);
      if (hint === null || hint.node_id === this.#node_id) return;
      const { head, entries } = hint;
      const session_id = channel.slice(PREFIX.length);
      options.onHint({ session_id, head, ...(entries && { entries }) });
    });
  }

  publish(session_id: string, entries: readonly Entry[]): void {
    const head = entries.at(-1)!.seq;
    const whole = JSON.stringify({ node_id: this.#node_id, head, entries });
    const hint =
      whole.length <= MAX_HINT_CHARS ? whole : JSON.stringify({ node_id: this.#node_id, head });
    this.#publisher.publish(PREFIX + session_id, hint).catch(() => metrics.hintsLost.inc());
  }

  async follow(session_id: string): Promise<void> {
    await this.#subscriber.subscribe(PREFIX + session_id).catch(ignoreLostConnection);
  }

  unfollow(session_id: string): void {
    this.#subscriber.unsubscribe(PREFIX + session_id).catch(ignoreLostConnection);
  }
}

/** What is published by somebody else on our channels is no hint, and must not end the process. */
function readHint(text: string): (Hint & { node_id: string }) | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The client subscribes again when it reconnects, and until then the poll finds the entries. */
function ignoreLostConnection(): void {}
