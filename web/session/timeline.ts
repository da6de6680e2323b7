import {
  type Client,
  CommandError,
  emptyState,
  reduce,
  type Session,
  type SessionState,
} from "../../client/index.ts";
import type { CommandName, Input, Output } from "../../contract/commands.ts";
import type { Entry } from "../../contract/entry.ts";
import type { Present, ServerEvents } from "../../contract/signal.ts";

/** A message that is being written, as far as its text has been seen. */
export interface Draft {
  readonly stream_id: string;
  readonly agent_id: string;
  readonly text: string;
}

/** How many entries are shown at once when a session is opened. */
const FIRST = 200;
/** Entries asked for at once: around what is looked at, and of the past that is read through. */
const PAGE = 200;
const PAST_PAGE = 1_000;
/** States kept for looking back: one in so many entries. */
const CHECKPOINT = 500;
/** Entries folded before the page may do something else. */
const FOLD_AT_ONCE = 2_000;
/** Between two renderings, at the least; and how many times as long as the last one took. */
const PAUSE_MS = 40;
const PAUSE_FACTOR = 3;
const HEAD_MS = 5_000;
const DRAFT_MS = 60_000;
const TYPING_MS = 6_000;

/**
 * A session as the page has it: its entries by number, as far as they are loaded, what follows from
 * them, and its signals. The newest entries come first; then the past is read from its beginning, and
 * what somebody looks at meanwhile is read when they look. Numbers have no gap, so that an entry's
 * place is known before the entry is.
 */
export class Timeline {
  readonly session_id: string;
  /** Counts the changes; a rendering is of one version. */
  version = 0;
  /** Number of the newest entry, also of one that has not arrived yet. */
  head = 0;
  state: SessionState;
  presence: readonly Present[] = [];
  /** Why it is over: not there, or closed to this person. */
  failure: Error | null = null;
  readonly drafts = new Map<string, Draft>();
  /** Agents and people who are writing → when that was heard. */
  readonly typing = new Map<string, number>();
  readonly #client: Client;
  readonly #session: Session;
  readonly #entries: (Entry | undefined)[] = [];
  readonly #checkpoints: SessionState[];
  readonly #asked = new Set<number>();
  readonly #listeners = new Set<() => void>();
  readonly #draftTimes = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #unlisten: (() => void)[];
  #applied = 0;
  /** Where the stream stood when this was opened. */
  #headAtOpening = Number.POSITIVE_INFINITY;
  #renders: ReturnType<typeof setTimeout> | undefined;
  #pause = PAUSE_MS;
  #isLooking = false;

  constructor(client: Client, session_id: string) {
    this.session_id = session_id;
    this.#client = client;
    this.#session = client.session(session_id);
    this.state = emptyState(session_id);
    this.#checkpoints = [this.state];
    this.#unlisten = [
      this.#session.on("presence", ({ members }) => {
        this.presence = members;
        this.#changed();
      }),
      this.#session.on("typing", (typing) => this.#hearTyping(typing)),
      this.#session.on("delta", (delta) => this.#hearDelta(delta)),
    ];
    const every = setInterval(() => {
      void this.#lookAtHead();
      if (this.drafts.size > 0) this.#forgetOld();
    }, HEAD_MS);
    this.#stop.signal.addEventListener("abort", () => clearInterval(every));
    this.#follow().catch((error) => this.#fail(error));
  }

  /** The entry of a number, if it is loaded. */
  at(seq: number): Entry | undefined {
    return this.#entries[seq];
  }

  /** Every entry up to this number is in the state. */
  get folded(): number {
    return this.state.seq;
  }

  /** Whether the past has been read, so that the state tells how the session stands now. */
  get isFolded(): boolean {
    return this.folded >= this.#headAtOpening;
  }

  /** How many entries are still to come before this page is where the server is. */
  get behind(): number {
    return this.head - this.#applied;
  }

  /** Listens for changes; those that come close together are told once. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Makes sure that the entries of these numbers are, or will be, loaded. */
  need(from: number, to: number): void {
    for (let page = pageOf(from); page <= pageOf(Math.min(to, this.head)); page += 1) {
      const first = page * PAGE + 1;
      const last = Math.min(first + PAGE - 1, this.#applied);
      if (first > last || this.#asked.has(page) || this.#has(first, last)) continue;
      this.#asked.add(page);
      this.#read(first - 1, PAGE)
        .catch((error) => this.#fail(error))
        .finally(() => this.#asked.delete(page));
    }
  }

  /**
   * The session as it was right after an entry.
   * @param seq up to `folded`
   */
  stateAt(seq: number): SessionState {
    let state = this.#checkpoints[Math.floor(seq / CHECKPOINT)]!;
    for (let next = state.seq + 1; next <= seq; next += 1) {
      state = reduce(state, this.#entries[next]!);
    }
    return state;
  }

  /** Ends it. */
  close(): void {
    this.#stop.abort();
    clearTimeout(this.#renders);
    for (const unlisten of this.#unlisten) unlisten();
    this.#session.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    const { head_seq } = await this.#ask("session.get", { session_id: this.session_id });
    this.head = head_seq;
    this.#headAtOpening = head_seq;
    this.#changed();
    this.#applied = Math.max(0, head_seq - FIRST);
    void this.#readPast(this.#applied).catch((error) => this.#fail(error));
    for await (const entry of this.#session.entries({ after: this.#applied, signal })) {
      this.#put(entry);
      this.#applied = entry.seq;
      this.head = Math.max(this.head, entry.seq);
      if (entry.kind === "message") this.#endDraft(entry.id);
      this.#changed();
    }
  }

  async #readPast(last: number): Promise<void> {
    for (let after = 0; after < last && !this.#stop.signal.aborted; ) {
      if (this.#has(after + 1, Math.min(after + PAST_PAGE, last))) after += PAST_PAGE;
      else after = await this.#read(after, PAST_PAGE);
      this.#changed();
    }
  }

  /** @returns the number of the last entry read */
  async #read(after: number, limit: number): Promise<number> {
    const input = { session_id: this.session_id, after, limit };
    const { entries } = await this.#ask("stream.read", input);
    for (const entry of entries) this.#put(entry);
    this.#changed();
    return entries.at(-1)?.seq ?? after;
  }

  /** Asks until there is an answer: what follows the stream waits for a server that is away, and so does this. */
  async #ask<Name extends CommandName>(name: Name, input: Input<Name>): Promise<Output<Name>> {
    const { signal } = this.#stop;
    for (;;) {
      try {
        return await this.#client.command(name, input, { signal });
      } catch (error) {
        const lasts = error instanceof CommandError && error.code === "unavailable";
        if (!lasts || signal.aborted) throw error;
      }
    }
  }

  /** One at a time: while the server is away they would all wait for it. */
  async #lookAtHead(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const { signal } = this.#stop;
      const input = { session_id: this.session_id };
      const session = await this.#client.command("session.get", input, { signal });
      if (session.head_seq > this.head) {
        this.head = session.head_seq;
        this.#changed();
      }
    } catch {
      // The stream itself tells when the session is over for this person.
    } finally {
      this.#isLooking = false;
    }
  }

  #put(entry: Entry): void {
    this.#entries[entry.seq] ??= entry;
  }

  #has(first: number, last: number): boolean {
    for (let seq = first; seq <= last; seq += 1) if (!this.#entries[seq]) return false;
    return true;
  }

  #fold(): void {
    const end = this.folded + FOLD_AT_ONCE;
    while (this.folded < end) {
      const entry = this.#entries[this.folded + 1];
      if (!entry) return;
      this.state = reduce(this.state, entry);
      if (entry.seq % CHECKPOINT === 0) this.#checkpoints.push(this.state);
    }
    this.#changed();
  }

  #hearDelta({ stream_id, agent_id, offset, text }: ServerEvents["delta"]): void {
    const before = this.drafts.get(stream_id)?.text ?? "";
    // Who comes in the middle of a message sees the rest of it.
    const kept = offset <= before.length ? before.slice(0, offset) : before === "" ? "… " : before;
    this.drafts.set(stream_id, { stream_id, agent_id, text: kept + text });
    this.#draftTimes.set(stream_id, Date.now());
    this.#changed();
  }

  #endDraft(stream_id: string): void {
    this.drafts.delete(stream_id);
    this.#draftTimes.delete(stream_id);
  }

  #hearTyping({ agent_id, user_id, typing }: ServerEvents["typing"]): void {
    const who = agent_id ?? user_id;
    if (who === undefined) return;
    if (typing) {
      this.typing.set(who, Date.now());
      setTimeout(() => this.#forgetOld(), TYPING_MS + 1);
    } else {
      this.typing.delete(who);
    }
    this.#changed();
  }

  #forgetOld(): void {
    const now = Date.now();
    for (const [who, at] of this.typing) if (now - at > TYPING_MS) this.typing.delete(who);
    for (const [id, at] of this.#draftTimes) if (now - at > DRAFT_MS) this.#endDraft(id);
    this.#changed();
  }

  #fail(error: Error): void {
    if (this.#stop.signal.aborted) return;
    this.failure = error;
    this.#changed();
  }

  #changed(): void {
    if (this.#renders !== undefined || this.#stop.signal.aborted) return;
    this.#renders = setTimeout(() => {
      this.#renders = undefined;
      const began = performance.now();
      this.#fold();
      this.version += 1;
      for (const listener of this.#listeners) listener();
      // However much arrives, most of the time is left for who scrolls and types. React renders right
      // after this, so that what it took is known when the next task begins.
      setTimeout(() => {
        this.#pause = Math.max(PAUSE_MS, PAUSE_FACTOR * (performance.now() - began));
      });
    }, this.#pause);
  }
}

function pageOf(seq: number): number {
  return Math.floor((Math.max(seq, 1) - 1) / PAGE);
}
