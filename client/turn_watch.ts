import type { JsonObject } from "../contract/json.ts";
import type { Turn } from "../contract/turn.ts";
import type { Client } from "./client.ts";
import type { EndStatus, WaitingTurn } from "./open_turn.ts";

/** Between two looks, while nothing is heard of. */
const LOOK_MS = 1_000;
/** Turns in a page. */
const PAGE = 200;
/** Sessions followed at once; the server allows 200 a connection, and others may follow some too. */
const MOST_FOLLOWED = 100;

/** What is told of turns that a token may answer; each is opened once unless released, and ended once. */
export interface TurnListener {
  opened(turn: WaitingTurn): void;
  /** @param status null where only that it is over is known */
  ended(turn_id: string, status: EndStatus): void;
  failed(error: Error): void;
}

/**
 * Finds the open turns that a token may answer, in all its sessions, also those that were opened before
 * or while the connection was lost. The server's list is what counts. It is looked at every second, and
 * at once when the stream of a session in which there was a turn before tells of another: a lost
 * entry costs a second and nothing else.
 */
export class TurnWatch {
  readonly #client: Client;
  readonly #listener: TurnListener;
  readonly #known = new Set<string>();
  /** Whose turns were found here: another entry about them is worth a look. */
  readonly #agents = new Set<string>();
  /** Session → what ends following it; the one in which a turn was found last is last. */
  readonly #followed = new Map<string, AbortController>();
  readonly #unlisten: (() => void)[] = [];
  /** Turns that ended since the look under way began, whose answer may still have them. */
  readonly #justEnded = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking = false;
  #lookAgain = false;
  #stopped = false;

  constructor(client: Client, listener: TurnListener) {
    this.#client = client;
    this.#listener = listener;
  }

  /** Begins to look. */
  start(): void {
    this.#unlisten.push(
      this.#client.on("online", () => void this.#look()),
      this.#client.on("ended", (reason) => {
        if (this.#stopped) return;
        this.stop();
        // Who closes the client knows.
        if (reason.code === "unauthenticated") this.#listener.failed(reason);
      }),
    );
    void this.#look();
  }

  /** Ends it; nothing is told any more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const unlisten of this.#unlisten) unlisten();
    for (const session_id of this.#followed.keys()) this.#unfollow(session_id);
  }

  /** Tells of a turn again if the next look still finds it open. */
  release(turn_id: string): void {
    this.#known.delete(turn_id);
    // A look under way may have seen what is over by now.
    this.#justEnded.add(turn_id);
  }

  async #look(): Promise<void> {
    this.#lookAgain = true;
    if (this.#looking) return;
    this.#looking = true;
    clearTimeout(this.#timer);
    try {
      while (this.#lookAgain && !this.#stopped) {
        this.#lookAgain = false;
        await this.#lookOnce().catch((error) => {
          if (!this.#stopped) this.#listener.failed(error);
        });
      }
    } finally {
      this.#looking = false;
      if (!this.#stopped) this.#timer = setTimeout(() => void this.#look(), LOOK_MS);
    }
  }

  async #lookOnce(): Promise<void> {
    const before = [...this.#known];
    this.#justEnded.clear();
    const turns = await this.#list();
    if (this.#stopped) return;
    const open = new Set(turns.map(({ id }) => id));
    for (const id of before) if (!open.has(id)) this.#end(id, null);
    // Newest first, as every list.
    for (const turn of turns.reverse()) {
      if (this.#known.has(turn.id) || this.#justEnded.has(turn.id)) continue;
      this.#known.add(turn.id);
      this.#agents.add(turn.agent_id);
      this.#follow(turn.session_id);
      this.#listener.opened(turn);
    }
  }

  async #list(): Promise<WaitingTurn[]> {
    const turns: WaitingTurn[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await this.#client.me.list_turns({ limit: PAGE, ...(cursor && { cursor }) });
      turns.push(...page.data);
      cursor = page.next;
    }
    return turns;
  }

  #follow(session_id: string): void {
    const following = this.#followed.get(session_id) ?? this.#read(session_id);
    this.#followed.delete(session_id);
    this.#followed.set(session_id, following);
    const [oldest] = this.#followed.keys();
    if (this.#followed.size > MOST_FOLLOWED) this.#unfollow(oldest!);
  }

  #unfollow(session_id: string): void {
    this.#followed.get(session_id)?.abort();
    this.#followed.delete(session_id);
  }

  #read(session_id: string): AbortController {
    const following = new AbortController();
    // By its entries: a listener that is told of them would be told what the application's are to be.
    const read = async () => {
      const entries = this.#client.session(session_id).entries({ signal: following.signal });
      for await (const entry of entries) if (entry.kind === "log_entry") this.#note(entry.data);
    };
    // Such as that it may be followed no longer; the next turn there, if any, follows it again.
    const ended = () => {
      if (!following.signal.aborted) this.#unfollow(session_id);
    };
    read().then(ended, ended);
    return following;
  }

  #note(data: JsonObject): void {
    if (data.event === "turn.opened" && this.#agents.has(data.agent_id as string)) {
      void this.#look();
    } else if (data.event === "turn.closed") {
      this.#end(data.turn_id as string, data.status as Exclude<Turn["status"], "open">);
    }
  }

  #end(turn_id: string, status: EndStatus): void {
    this.#justEnded.add(turn_id);
    if (this.#known.delete(turn_id)) this.#listener.ended(turn_id, status);
  }
}
