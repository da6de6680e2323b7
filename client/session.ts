import type { Input, Output } from "../contract/commands.ts";
import type { Entry } from "../contract/entry.ts";
import { CommandError } from "../contract/errors.ts";
import type { ServerEvents } from "../contract/signal.ts";
import type { CommandOptions, Connection } from "./connection.ts";
import { Feed } from "./feed.ts";
import { Listeners } from "./listeners.ts";
import { emptyState, reduce, type SessionState, STATE_VERSION } from "./state.ts";
import type { Saved, Store } from "./store.ts";

export interface FollowOptions {
  /** The last number already applied; without it the stream starts at the 50 newest entries. */
  readonly after?: number | undefined;
  /** Ends the iteration when aborted. */
  readonly signal?: AbortSignal | undefined;
}

type OfKind<Kind extends Entry["kind"]> = Extract<Entry, { kind: Kind }>;

/** What a session tells: entries, also by kind; signals; how it stands. */
export interface SessionEvents extends Pick<ServerEvents, "presence" | "typing" | "delta"> {
  entry: Entry;
  message: OfKind<"message">;
  prompt: OfKind<"prompt">;
  comment: OfKind<"comment">;
  log_entry: OfKind<"log_entry">;
  /** The state after one entry or several, once it is loaded. */
  state: SessionState;
  /** It can be followed no longer, and why. */
  closed: ServerEvents["closed"];
}

/** What a message is made of, beside its session. */
export type MessageDraft = Omit<Input<"message.post">, "session_id">;
/** What a log entry is made of, beside its session. */
export type LogDraft = Omit<Input<"log.post">, "session_id">;

/** Between two savings of the state. */
const SAVE_MS = 1_000;

/**
 * A session, as a client follows it and posts to it. However many read and listen, the server is asked
 * for it once; it is followed as long as somebody reads or listens, or its state is loaded.
 */
export class Session {
  readonly id: string;
  /** What follows from the entries 1 to `state.seq`; kept up to date once `load` was called. */
  state: SessionState;
  readonly #connection: Connection;
  readonly #store: Store;
  readonly #listeners = new Listeners<SessionEvents>();
  readonly #releases = new Set<() => void>();
  #feed: Feed | null = null;
  /** End the listening to its signals. */
  #unlisten: (() => void)[] = [];
  /** Resolves when the feed before has left. */
  #left: Promise<void> = Promise.resolve();
  /** Listeners are told of what comes after this number; undefined while that is not known. */
  #told: number | undefined;
  /** Whether any listener has been told of an entry. */
  #hasTold = false;
  /** Ends the telling under way. */
  #telling = new AbortController();
  #loading: Promise<void> | null = null;
  /** Whether what is read follows on the state. */
  #folding = false;
  #saved: Promise<void> = Promise.resolve();
  #saveLater: ReturnType<typeof setTimeout> | undefined;

  /** Made by `client.session(id)`, which gives the same one as long as somebody holds or follows it. */
  constructor(connection: Connection, id: string, store: Store) {
    this.id = id;
    this.#connection = connection;
    this.#store = store;
    this.state = emptyState(id);
  }

  /**
   * Reads the stream: every entry after the cursor, each once, in order, for as long as it is
   * iterated, across lost connections and server restarts.
   * @throws CommandError invalid_input when the stream has not come as far as the cursor, not_found when
   *   the session is not there for this client, forbidden when it may follow no longer, unauthenticated
   *   when its token ended, unavailable when the client closed
   */
  async *entries({ after, signal }: FollowOptions = {}): AsyncGenerator<Entry, void, void> {
    const { feed, release } = this.#hold();
    try {
      for await (const batch of feed.batches(after, signal)) {
        for (const entry of batch) {
          if (signal?.aborted || feed.isClosed) return;
          yield entry;
        }
      }
    } finally {
      release();
    }
  }

  /**
   * Listens. Of entries, listeners are told what is new: what comes after the head as it was when the
   * session began to be followed or, where `load` found something saved, after what was told then.
   * @returns a function that stops listening
   */
  on<Name extends keyof SessionEvents>(
    name: Name,
    listener: (data: SessionEvents[Name]) => void,
  ): () => void {
    const { release } = this.#hold();
    const unlisten = this.#listeners.add(name, listener);
    return () => {
      unlisten();
      release();
    };
  }

  /**
   * Folds the past into the state, from what is saved or from the first entry, and from then on what
   * comes, until `close`. Call it together with `on`, and its listeners are told what they missed.
   * @returns the state as of now
   * @throws as entries
   */
  load(): Promise<SessionState> {
    this.#loading ??= this.#load();
    return this.#loading.then(() => this.state);
  }

  /** Says something: a text, or a message with a tool call, another sender or an id of its own. */
  post(message: string | MessageDraft, options?: CommandOptions): Promise<Output<"message.post">> {
    const draft = typeof message === "string" ? { content: message } : message;
    return this.#connection.command("message.post", { ...draft, session_id: this.id }, options);
  }

  /** Gives the agents a task. */
  prompt(content: string, options?: CommandOptions): Promise<Output<"prompt.post">> {
    return this.#connection.command("prompt.post", { session_id: this.id, content }, options);
  }

  /** Remarks on the session beside the conversation. */
  comment(content: string, options?: CommandOptions): Promise<Output<"comment.post">> {
    return this.#connection.command("comment.post", { session_id: this.id, content }, options);
  }

  /** Records what happened. */
  log(entry: LogDraft, options?: CommandOptions): Promise<Output<"log.post">> {
    return this.#connection.command("log.post", { ...entry, session_id: this.id }, options);
  }

  /** Tells the others that one is writing, or has stopped. As every signal, it may be lost. */
  async typing(typing: boolean): Promise<void> {
    await this.#connection.command("typing.set", { session_id: this.id, typing }).catch(() => {});
  }

  /** Stops following: iterations end, and nobody is told any more. It can be followed anew. */
  close(): void {
    this.#listeners.clear();
    for (const release of this.#releases) release();
  }

  /** Follows the session until released. */
  #hold(): { feed: Feed; release: () => void } {
    this.#feed ??= this.#open();
    const release = () => {
      if (this.#releases.delete(release) && this.#releases.size === 0) this.#leave();
    };
    this.#releases.add(release);
    return { feed: this.#feed, release };
  }

  #open(): Feed {
    const feed = new Feed(this.#connection, this.id, this.#left, ({ presence }) =>
      this.#listeners.tell("presence", { session_id: this.id, members: presence }),
    );
    const signals = ["presence", "typing", "delta"] as const;
    this.#unlisten = signals.map((name) =>
      this.#connection.on(name, (signal) => this.#hear(name, signal)),
    );
    void this.#begin(feed);
    return feed;
  }

  #leave(): void {
    const feed = this.#feed;
    this.#stop();
    this.#told = undefined;
    this.#hasTold = false;
    if (feed) this.#left = feed.close();
  }

  /** Begins to tell listeners what is new, unless `load` does. */
  async #begin(feed: Feed): Promise<void> {
    try {
      const { head_seq } = await feed.joined;
      this.#told = Math.min(this.#told ?? head_seq, head_seq);
      if (this.#loading) return;
      await this.#tell(feed.batches(this.#told, this.#telling.signal), this.#telling.signal);
    } catch (error) {
      this.#fail(feed, error as Error);
    }
  }

  async #load(): Promise<void> {
    const { feed } = this.#hold();
    try {
      const { members } = await feed.joined;
      const saved = await this.#restore();
      if (this.#feed !== feed) throw new CommandError("unavailable", "The session was closed");
      // It may have been followed for long.
      const { newest } = feed;
      if (saved && !this.#hasTold) this.#told = Math.min(saved.seq, newest);
      // Who has more than the server is talking to an older copy of it.
      if (this.state.seq > newest) this.state = emptyState(this.id);
      if (this.state.seq === 0) {
        this.state = emptyState(
          this.id,
          members.find(({ role }) => role === "owner"),
        );
      }
      this.#telling.abort();
      this.#telling = new AbortController();
      this.#folding = true;
      const { signal } = this.#telling;
      const batches = feed.batches(this.state.seq, signal);
      while (this.state.seq < newest) {
        const { value, done } = await batches.next();
        if (done) throw new CommandError("unavailable", "The session was closed");
        this.#take(value, signal);
      }
      this.#tell(batches, signal).catch((error) => this.#fail(feed, error));
    } catch (error) {
      this.#fail(feed, error as Error);
      throw error;
    }
  }

  /** Goes on from the state that was saved, if there is one that is newer and of use. */
  async #restore(): Promise<Saved | undefined> {
    await this.#saved;
    const saved = await this.#store.get(this.id);
    if (saved?.version === STATE_VERSION && saved.state.seq > this.state.seq) {
      this.state = saved.state;
    }
    return saved;
  }

  async #tell(batches: AsyncIterable<readonly Entry[]>, signal: AbortSignal): Promise<void> {
    for await (const batch of batches) this.#take(batch, signal);
  }

  /** Folds entries, and tells of those that are new. */
  #take(batch: readonly Entry[], stopped: AbortSignal): void {
    for (const entry of batch) {
      if (stopped.aborted) return;
      if (this.#folding) this.state = reduce(this.state, entry);
      if (entry.seq <= this.#told!) continue;
      this.#told = entry.seq;
      this.#hasTold ||= this.#listeners.has("entry", entry.kind);
      this.#listeners.tell("entry", entry);
      this.#listeners.tell(entry.kind, entry as never);
    }
    if (!this.#folding) return;
    this.#listeners.tell("state", this.state);
    this.#saveLater ??= setTimeout(() => this.#save(), SAVE_MS);
  }

  #save(): void {
    clearTimeout(this.#saveLater);
    this.#saveLater = undefined;
    const saved = { version: STATE_VERSION, seq: this.#told!, state: this.state };
    // One after the other, so that the newest stays. What could not be kept is read again from the server.
    this.#saved = this.#saved.then(() => this.#store.set(this.id, saved)).catch(() => {});
  }

  #hear<Name extends "presence" | "typing" | "delta">(name: Name, signal: ServerEvents[Name]) {
    if (signal.session_id === this.id) this.#listeners.tell(name, signal as SessionEvents[Name]);
  }

  #fail(feed: Feed, error: Error): void {
    if (this.#feed !== feed) return;
    this.#stop();
    this.#left = feed.close();
    this.#listeners.tell("closed", { session_id: this.id, reason: error.message });
  }

  #stop(): void {
    if (this.#folding) this.#save();
    for (const unlisten of this.#unlisten.splice(0)) unlisten();
    this.#telling.abort();
    this.#telling = new AbortController();
    this.#feed = null;
    this.#loading = null;
    this.#folding = false;
  }
}
