import type { Entry } from "../contract/entry.ts";
import { CommandError } from "../contract/errors.ts";
import type { ServerEvents } from "../contract/signal.ts";
import type { Client } from "./client.ts";

export interface FollowOptions {
  /** The last number already applied; without it the stream starts at the 50 newest entries. */
  readonly after?: number | undefined;
  /** Ends the iteration when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Follows a session: every entry after the cursor, each once, in order, for as long as it is
 * iterated, across lost connections and server restarts. Let a client follow a session once only.
 * @param client stays open when the iteration ends
 * @throws CommandError not_found when the session is not there for this client, forbidden when it
 *   may follow no longer, unauthenticated when its token ended
 */
export async function* follow(
  client: Client,
  session_id: string,
  { after, signal }: FollowOptions = {},
): AsyncGenerator<Entry, void, void> {
  // As the server writes it; people may not.
  const subscription = new Subscription(client, session_id.toLowerCase(), after);
  const abort = () => subscription.end(null);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  try {
    yield* subscription.entries();
  } finally {
    signal?.removeEventListener("abort", abort);
    subscription.close();
  }
}

/** The cursor of one follower, and the entries that arrived but were not taken yet. */
class Subscription {
  readonly #client: Client;
  readonly #session_id: string;
  readonly #unlisten: (() => void)[];
  /** The number of the last entry accepted; undefined until the first when no cursor was given. */
  #seq: number | undefined;
  #arrived: Entry[] = [];
  #joining = false;
  /** Whether entries were missed since the last join was asked for. */
  #behind = false;
  /** Null when ended on purpose, an error when it failed, undefined while it goes on. */
  #ended: Error | null | undefined;
  #wake: () => void = () => {};

  constructor(client: Client, session_id: string, after: number | undefined) {
    this.#client = client;
    this.#session_id = session_id;
    this.#seq = after;
    this.#unlisten = [
      client.on("entries", (batch) => this.#accept(batch)),
      client.on("closed", (closed) => {
        if (closed.session_id === session_id) {
          this.end(
            new CommandError("forbidden", `This session is closed to you: ${closed.reason}`),
          );
        }
      }),
      // The command waits for the next connection, and fails when there can be none.
      client.on("offline", () => void this.#join()),
    ];
    void this.#join();
  }

  async *entries(): AsyncGenerator<Entry, void, void> {
    while (true) {
      const batch = this.#arrived;
      this.#arrived = [];
      for (const entry of batch) {
        if (this.#ended === null) return;
        yield entry;
      }
      if (this.#arrived.length > 0) continue;
      if (this.#ended) throw this.#ended;
      if (this.#ended === null) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  end(reason: Error | null): void {
    if (this.#ended === undefined) this.#ended = reason;
    this.#wake();
  }

  close(): void {
    for (const unlisten of this.#unlisten) unlisten();
    // Nobody waits for the answer, and a lost connection has left by itself.
    this.#client.command("session.leave", { session_id: this.#session_id }).catch(() => {});
  }

  async #join(): Promise<void> {
    this.#behind = true;
    if (this.#joining) return;
    this.#joining = true;
    try {
      // A gap can show before the answer to the join under way has been dealt with.
      while (this.#behind && this.#ended === undefined) {
        this.#behind = false;
        const cursor = this.#seq === undefined ? {} : { after: this.#seq };
        await this.#client.command("session.join", { session_id: this.#session_id, ...cursor });
      }
    } catch (error) {
      this.end(error as Error);
    } finally {
      this.#joining = false;
    }
  }

  #accept({ session_id, entries }: ServerEvents["entries"]): void {
    if (session_id !== this.#session_id) return;
    for (const entry of entries) {
      const expected = this.#seq === undefined ? entry.seq : this.#seq + 1;
      if (entry.seq < expected) continue;
      if (entry.seq > expected) {
        void this.#join();
        break;
      }
      this.#seq = entry.seq;
      this.#arrived.push(entry);
    }
    this.#wake();
  }
}
