import * as z from "zod";
import { Present } from "../../contract/signal.ts";
import { metrics } from "../metrics.ts";
import type { Channels } from "../stream/hints.ts";

const HEARTBEAT_MS = 5_000;
/** A node that was not heard of for so long is gone, and everybody connected to it. */
const BELIEVE_MS = 15_000;

/** What one node tells the others about the connections to a session. */
const PresenceReport = z.strictObject({
  node_id: z.string(),
  members: z.array(Present),
  /** Asks whoever else serves the session to report too. */
  ask: z.boolean(),
});
export type PresenceReport = z.infer<typeof PresenceReport>;

/** Carries reports between the nodes that serve a session. One that is lost is not sent again. */
export interface Reports {
  /** Resolves when reports of this session arrive. */
  follow(session_id: string): Promise<void>;
  unfollow(session_id: string): void;
  send(session_id: string, report: Omit<PresenceReport, "node_id">): void;
  /** Tells the other nodes that this one ends. */
  stop(): void;
}

/** Whom reports are for. */
export interface ReportsListener {
  onReport(session_id: string, report: PresenceReport): void;
  /** Nothing that this node reported holds any more. */
  onNodeGone(node_id: string): void;
  /** Reports may have been lost, in both directions, and from now on they arrive. */
  onReturn(): void;
}

/** For a single node: there is nobody to tell. */
export const noReports: Reports = { async follow() {}, unfollow() {}, send() {}, stop() {} };

const PREFIX = "taskmaster:presence:";
const NODES = "taskmaster:nodes";

/** What a node says on the channel that all nodes listen to. */
const NodeNews = z.strictObject({ node_id: z.string(), ends: z.boolean() });

/**
 * Reports over Redis pub/sub, one channel per session. On one more channel every node says that it
 * lives; hearing itself there, a node knows that it is in touch with the others.
 */
export class RedisReports implements Reports {
  readonly #channels: Channels;
  readonly #node_id: string;
  readonly #listener: ReportsListener;
  /** When each of the other nodes was heard of. */
  readonly #heard = new Map<string, number>();
  #heardMyself = 0;
  /** Whether everything that was sent since it last heard itself was taken, there and here. */
  #inTouch = false;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(channels: Channels, node_id: string, listener: ReportsListener) {
    this.#channels = channels;
    this.#node_id = node_id;
    this.#listener = listener;
    channels.onMessage((channel, text) => {
      if (channel === NODES) this.#onNews(text);
      else if (channel.startsWith(PREFIX)) this.#onReport(channel.slice(PREFIX.length), text);
    });
    channels.onAgain(() => this.#loseTouch());
    void channels.subscribe(NODES).then(() => this.#beat());
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
  }

  follow(session_id: string): Promise<void> {
    return this.#channels.subscribe(PREFIX + session_id);
  }

  unfollow(session_id: string): void {
    this.#channels.unsubscribe(PREFIX + session_id);
  }

  send(session_id: string, report: Omit<PresenceReport, "node_id">): void {
    this.#publish(PREFIX + session_id, { node_id: this.#node_id, ...report });
  }

  stop(): void {
    clearInterval(this.#heartbeat);
    this.#publish(NODES, { node_id: this.#node_id, ends: true });
  }

  #publish(channel: string, message: object): void {
    this.#channels.publish(channel, JSON.stringify(message)).catch(() => {
      metrics.signalsLost.inc();
      this.#loseTouch();
    });
  }

  #loseTouch(): void {
    this.#inTouch = false;
  }

  #beat(): void {
    const now = performance.now();
    // Others may have missed as much of this node, and have forgotten it.
    if (now - this.#heardMyself > 2 * HEARTBEAT_MS) this.#loseTouch();
    for (const [node_id, at] of this.#heard) {
      if (now - at > BELIEVE_MS) this.#forget(node_id);
    }
    this.#publish(NODES, { node_id: this.#node_id, ends: false });
  }

  #forget(node_id: string): void {
    this.#heard.delete(node_id);
    this.#listener.onNodeGone(node_id);
  }

  #onNews(text: string): void {
    const news = read(NodeNews, text);
    if (news === null) return;
    if (news.ends) this.#forget(news.node_id);
    else if (news.node_id !== this.#node_id) this.#heard.set(news.node_id, performance.now());
    else {
      this.#heardMyself = performance.now();
      if (!this.#inTouch) this.#listener.onReturn();
      this.#inTouch = true;
    }
  }

  #onReport(session_id: string, text: string): void {
    const report = read(PresenceReport, text);
    if (report === null || report.node_id === this.#node_id) return;
    this.#heard.set(report.node_id, performance.now());
    this.#listener.onReport(session_id, report);
  }
}

/** @returns null for what a node of another version, or somebody else, says on our channels */
function read<Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
