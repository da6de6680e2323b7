import { metrics } from "../metrics.ts";
import type { Chunk } from "./chunk.ts";

/** What one node tells the others when it has committed entries of a session. */
export interface Hint {
  readonly session_id: string;
  readonly head: number;
  /** The entries themselves, when they are small enough to travel along. */
  readonly chunk?: Chunk;
}

/** Carries hints between nodes. Losing one costs time, never an entry. */
export interface Hints {
  /** Whether there may be other nodes to tell. */
  readonly reachOthers: boolean;
  publish(chunk: Chunk): void;
  /** Resolves when hints of this session arrive, which may be long if Redis is away. */
  follow(session_id: string): Promise<void>;
  unfollow(session_id: string): void;
}

/** Takes texts to whoever subscribed to a channel. */
export interface Channels {
  /** Rejects at once while Redis is away. */
  publish(channel: string, text: string): Promise<unknown>;
  /** Resolves when messages arrive, or are not wanted any more; holds across the absences of Redis. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): void;
  onMessage(listener: (channel: string, text: string) => void): void;
  /** Tells when it subscribes again to all, or some, after a time whose messages are lost. */
  onAgain(listener: () => void): void;
}

/** For a single node: there is nobody to tell. */
export const noHints: Hints = {
  reachOthers: false,
  publish() {},
  async follow() {},
  unfollow() {},
};

/** A change of what a hint looks like needs another one: nodes of both versions may run for a while. */
const PREFIX = "taskmaster:entries:";
/** Above this the receiver reads the entries from PostgreSQL; Redis is not a store. */
const MAX_HINT_BYTES = 1_048_576;

/** Hints over Redis pub/sub, one channel per session. */
export class RedisHints implements Hints {
  readonly reachOthers = true;
  readonly #channels: Channels;
  readonly #node_id: string;

  /**
   * @param options.node_id tells our own hints from those of others
   * @param options.onHint called for every hint of a followed session from another node
   */
  constructor(options: {
    channels: Channels;
    node_id: string;
    onHint: (hint: Hint) => void;
  }) {
    this.#channels = options.channels;
    this.#node_id = options.node_id;
    this.#channels.onMessage((channel, text) => {
      if (!channel.startsWith(PREFIX)) return;
      const hint = readHint(channel.slice(PREFIX.length), text);
      if (hint && hint.node_id !== this.#node_id) options.onHint(hint);
    });
  }

  publish(chunk: Chunk): void {
    const { session_id, first, last, bytes } = chunk;
    // The entries last, so that the receiver passes them on without reading them.
    const parts = [this.#node_id, first, last];
    const hint = [...parts, bytes.length <= MAX_HINT_BYTES ? bytes : ""].join("\n");
    this.#channels.publish(PREFIX + session_id, hint).catch(() => metrics.hintsLost.inc());
  }

  follow(session_id: string): Promise<void> {
    return this.#channels.subscribe(PREFIX + session_id);
  }

  unfollow(session_id: string): void {
    this.#channels.unsubscribe(PREFIX + session_id);
  }
}

/** @returns null for what is published by somebody else on our channels, and is no hint */
function readHint(session_id: string, text: string): (Hint & { node_id: string }) | null {
  const [head = "", node_id, ...numbers] = /^([^\n]+)\n(\d+)\n(\d+)\n/.exec(text) ?? [];
  const [first, last] = numbers.map(Number);
  if (node_id === undefined || !first || !last || first > last) return null;
  const json = text.slice(head.length);
  return {
    node_id,
    session_id,
    head: last,
    ...(json && { chunk: { session_id, first, last, bytes: Buffer.from(json) } }),
  };
}
