import type { Output } from "../contract/commands.ts";
import type { Entry } from "../contract/entry.ts";
import { CommandError } from "../contract/errors.ts";
import type { ServerEvents } from "../contract/signal.ts";
import type { Connection } from "./connection.ts";

/** Entries kept for those who look at them, unless they are large; up to twice as many are. */
const KEPT = 2_000;
/** Characters of their JSON that are kept at the most, but for the newest; up to twice as many are. */
const KEPT_CHARACTERS = 2_000_000;
/** Entries in a page of the past. */
const PAGE = 1_000;
/** Where a reader begins who names no cursor, as for the server. */
const NEWEST = 50;

export type Joined = Output<"session.join">;

/**
 * The one subscription to a session: its newest entries, each once and in order, for any number of
 * readers. A reader has nothing but a cursor. It takes what it has not read from here, and reads pages
 * of the past where it is further behind, so that a slow reader costs no memory.
 */
export class Feed {
  /** What the server answered to the first join. */
  readonly joined: Promise<Joined>;
  readonly #connection: Connection;
  readonly #session_id: string;
  readonly #onJoined: (joined: Joined) => void;
  readonly #before: Promise<void>;
  readonly #unlisten: (() => void)[];
  #resolveJoined!: (joined: Joined) => void;
  #rejectJoined!: (reason: Error) => void;
  #entries: Entry[] = [];
  /** Of their JSON. */
  #characters = 0;
  /** Number before the first entry that came. */
  #begin = 0;
  /** Number of the newest entry at the first join, whose entries may not have come. */
  #head: number | undefined;
  #joining: Promise<void> | null = null;
  /** Whether entries were missed since the last join was asked for. */
  #behind = false;
  /** Null when ended on purpose, an error when it failed, undefined while it goes on. */
  #ended: Error | null | undefined;
  readonly #over = new AbortController();
  #sleeping: (() => void)[] = [];

  /**
   * @param before resolves when the one before has left; a session is followed once a connection
   * @param onJoined told about each join, also after a lost connection
   */
  constructor(
    connection: Connection,
    session_id: string,
    before: Promise<void>,
    onJoined: (joined: Joined) => void,
  ) {
    this.#connection = connection;
    this.#session_id = session_id;
    this.#before = before;
    this.#onJoined = onJoined;
    this.joined = new Promise((resolve, reject) => {
      this.#resolveJoined = resolve;
      this.#rejectJoined = reject;
    });
    // Whoever awaits it is told; nobody may.
    this.joined.catch(() => {});
    this.#unlisten = [
      connection.on("closed", (closed) => {
        if (closed.session_id !== session_id) return;
        this.#end(new CommandError("forbidden", `This session is closed to you: ${closed.reason}`));
      }),
      // The command waits for the next connection.
      connection.on("offline", () => this.#join()),
      connection.on("ended", (reason) => this.#end(reason)),
    ];
    void before.then(() => this.#listen());
    this.#join();
  }

  /** Number of the newest entry that it knows of; entries up to it may not have come. */
  get newest(): number {
    return Math.max(this.#entries.at(-1)?.seq ?? 0, this.#head ?? 0);
  }

  /** Whether it was ended on purpose. */
  get isClosed(): boolean {
    return this.#ended === null;
  }

  /** Ends it and its readers; resolves when the server knows. */
  async close(): Promise<void> {
    this.#end(null);
    await this.#joining;
    // Nobody waits for the answer, and a lost connection has left by itself.
    await this.#connection
      .command("session.leave", { session_id: this.#session_id })
      .catch(() => {});
  }

  /**
   * Reads the stream on from a cursor, several entries at a time.
   * @param after without it, from the 50 newest on
   * @param signal ends it when aborted
   * @throws CommandError invalid_input when the stream has not come as far as the cursor, not_found when
   *   the session is not there for this client, forbidden when it may follow no longer, unauthenticated
   *   when its token ended, unavailable when the client closed
   */
  async *batches(
    after: number | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly Entry[], void, void> {
    let cursor = after;
    let isGiven = after !== undefined;
    const stopped = signal ? AbortSignal.any([signal, this.#over.signal]) : this.#over.signal;
    const wake = () => this.#wake();
    signal?.addEventListener("abort", wake);
    try {
      while (!signal?.aborted && this.#ended !== null) {
        // Somebody may know of entries that have not come here yet; from beyond those there are the server refuses.
        if (isGiven && this.#head !== undefined) {
          if (after! > this.newest) await this.#page(after!, 1, stopped);
          isGiven = false;
        }
        const newest = this.#entries.at(-1)?.seq;
        if (newest !== undefined) cursor ??= Math.max(newest - NEWEST, this.#begin);
        if (newest !== undefined && cursor! < newest) {
          const batch = this.#after(cursor!) ?? (await this.#page(cursor!, PAGE, stopped)).entries;
          cursor = batch.at(-1)?.seq ?? cursor;
          yield batch;
        } else if (this.#ended) {
          throw this.#ended;
        } else {
          await new Promise<void>((resolve) => this.#sleeping.push(resolve));
        }
      }
    } catch (error) {
      if (signal?.aborted || this.#ended === null) return;
      throw this.#ended ?? error;
    } finally {
      signal?.removeEventListener("abort", wake);
    }
  }

  /** Of what is kept, what comes after a cursor; null if what comes next is not kept. */
  #after(cursor: number): readonly Entry[] | null {
    const index = cursor + 1 - this.#entries[0]!.seq;
    return index < 0 ? null : this.#entries.slice(index);
  }

  /** What it gives may go beyond what has come here, which comes still. */
  async #page(after: number, limit: number, signal: AbortSignal): Promise<Output<"stream.read">> {
    const page = { session_id: this.#session_id, after, limit };
    for (;;) {
      try {
        return await this.#connection.command("stream.read", page, { signal });
      } catch (error) {
        // As a join waits for the server, so does what is read on from it.
        const lasts = error instanceof CommandError && error.code === "unavailable";
        if (!lasts || signal.aborted) throw error;
      }
    }
  }

  /** Only now: what comes before is of the subscription that is leaving. */
  #listen(): void {
    if (this.#ended !== undefined) return;
    this.#unlisten.push(this.#connection.on("entries", (frame) => this.#accept(frame)));
  }

  #join(): void {
    this.#behind = true;
    this.#joining ??= this.#joinUntilThere();
  }

  async #joinUntilThere(): Promise<void> {
    await this.#before;
    // A gap can show before the answer to the join under way has been dealt with.
    while (this.#behind && this.#ended === undefined) {
      this.#behind = false;
      const begin = this.#head === undefined ? undefined : Math.max(0, this.#head - NEWEST);
      const after = this.#entries.at(-1)?.seq ?? begin;
      const cursor = after === undefined ? {} : { after };
      try {
        const input = { session_id: this.#session_id, ...cursor };
        const joined = await this.#connection.command("session.join", input);
        this.#head ??= joined.head_seq;
        this.#wake();
        this.#resolveJoined(joined);
        this.#onJoined(joined);
      } catch (error) {
        this.#end(error as Error);
      }
    }
    this.#joining = null;
  }

  #accept({ session_id, entries }: ServerEvents["entries"]): void {
    if (session_id !== this.#session_id) return;
    for (const entry of entries) {
      const last = this.#entries.at(-1)?.seq;
      if (last === undefined) this.#begin = entry.seq - 1;
      const expected = last === undefined ? entry.seq : last + 1;
      if (entry.seq < expected) continue;
      if (entry.seq > expected) {
        this.#join();
        break;
      }
      this.#entries.push(entry);
      this.#characters += charactersOf(entry);
    }
    if (this.#entries.length > 2 * KEPT || this.#characters > 2 * KEPT_CHARACTERS) this.#forget();
    this.#wake();
  }

  /** Keeps the newest entries. */
  #forget(): void {
    const entries = this.#entries;
    let first = entries.length;
    let characters = 0;
    while (first > 0 && entries.length - first < KEPT) {
      const more = charactersOf(entries[first - 1]!);
      if (characters > 0 && characters + more > KEPT_CHARACTERS) break;
      first -= 1;
      characters += more;
    }
    this.#entries = entries.slice(first);
    this.#characters = characters;
  }

  #end(reason: Error | null): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#over.abort();
    for (const unlisten of this.#unlisten) unlisten();
    this.#rejectJoined(reason ?? new CommandError("unavailable", "The session was closed"));
    this.#wake();
  }

  #wake(): void {
    const sleeping = this.#sleeping;
    this.#sleeping = [];
    for (const resolve of sleeping) resolve();
  }
}

function charactersOf(entry: Entry): number {
  return JSON.stringify(entry).length;
}
