import type { CommandName } from "../contract/commands.ts";
import { NoReply, pauseBeforeRetry } from "./retry.ts";

/** Posts that may be under way at once: enough to keep a server busy, few enough to send again. */
const MOST_UNDER_WAY = 256;

/** How posts leave: nothing is answered, or sent, while there is no connection. */
export interface Line {
  isOpen(): boolean;
  /** Sends a command; rejects with NoReply when the connection ends before the answer. */
  ask(name: CommandName, body: object): Promise<unknown>;
  /** Ends the connection, to be made again. */
  drop(): void;
}

interface Post {
  readonly place: number;
  readonly name: CommandName;
  readonly body: object;
  readonly resolve: (output: unknown) => void;
  readonly reject: (reason: unknown) => void;
  underWay: boolean;
  attempts: number;
}

/**
 * Posts that are not acknowledged yet, which reach the stream in the order in which they were issued.
 *
 * Many are under way at once. The server takes what comes over one connection in order; when the
 * connection is lost, everything unacknowledged is sent again over the next one, from the oldest on,
 * and what was stored already is known there by its id. When the server refuses a post for now
 * (`unavailable`, `rate_limited`), nothing more is sent until the answers to what is under way are
 * here; then the oldest goes alone, and the number under way doubles with every answer. Those that
 * were under way behind a post that was refused for now may be stored before it.
 */
export class Outbox {
  readonly #line: Line;
  /** By place, in order. */
  readonly #posts = new Map<number, Post>();
  /** Of the post to be issued next. */
  #end = 0;
  /** Nothing before this place waits to be sent. */
  #next = 0;
  #underWay = 0;
  #most = MOST_UNDER_WAY;
  #resting = false;

  constructor(line: Line) {
    this.#line = line;
  }

  /**
   * Sends a post until it is answered.
   * @param body with its id
   * @param signal gives up when aborted; what was sent by then may be stored
   * @returns what the server answered
   * @throws CommandError what refused it for good; the signal's reason
   */
  post(name: CommandName, body: object, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const place = this.#end;
      const abort = () => {
        if (this.#posts.delete(place)) reject(signal?.reason);
      };
      const ended = () => signal?.removeEventListener("abort", abort);
      signal?.addEventListener("abort", abort);
      this.#end += 1;
      this.#posts.set(place, {
        place,
        name,
        body,
        resolve: (output) => {
          ended();
          resolve(output);
        },
        reject: (reason) => {
          ended();
          reject(reason);
        },
        underWay: false,
        attempts: 0,
      });
      this.send();
    });
  }

  /** Sends what may be sent now; to be called when a connection was made. */
  send(): void {
    while (this.#maySend && this.#next < this.#end) {
      const post = this.#posts.get(this.#next);
      this.#next += 1;
      if (post && !post.underWay) void this.#ask(post);
    }
  }

  /** Refuses everything that waits. */
  end(reason: Error): void {
    for (const { reject } of this.#posts.values()) reject(reason);
    this.#posts.clear();
  }

  get #maySend(): boolean {
    return this.#line.isOpen() && !this.#resting && this.#underWay < this.#most;
  }

  async #ask(post: Post): Promise<void> {
    post.underWay = true;
    post.attempts += 1;
    this.#underWay += 1;
    let answer: { output: unknown } | { error: unknown };
    try {
      answer = { output: await this.#line.ask(post.name, post.body) };
    } catch (error) {
      answer = { error };
    }
    post.underWay = false;
    this.#underWay -= 1;
    const pause =
      "error" in answer ? pauseBeforeRetry(post.name, answer.error, post.attempts) : null;
    if (pause === null) this.#settle(post, answer);
    else if (this.#posts.has(post.place))
      this.#again(post, (answer as { error: unknown }).error, pause);
    this.send();
  }

  #settle(post: Post, answer: { output: unknown } | { error: unknown }): void {
    this.#most = Math.min(2 * this.#most, MOST_UNDER_WAY);
    if (!this.#posts.delete(post.place)) return;
    if ("error" in answer) post.reject(answer.error);
    else post.resolve(answer.output);
  }

  #again(post: Post, error: unknown, pause: number): void {
    this.#next = Math.min(this.#next, post.place);
    if (error instanceof NoReply) {
      // Over the same connection it would come behind others. What was not answered in time there
      // is answered nowhere, so another one is made, which takes all of them in order.
      if (this.#line.isOpen()) this.#line.drop();
      return;
    }
    this.#most = 1;
    if (this.#resting) return;
    this.#resting = true;
    setTimeout(() => {
      this.#resting = false;
      this.send();
    }, pause);
  }
}
