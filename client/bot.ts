import { CommandError } from "../contract/errors.ts";
import { Ballot } from "./ballot.ts";
import { Client, type ClientOptions } from "./client.ts";
import { Listeners } from "./listeners.ts";
import type { EndStatus, OpenTurn, WaitingTurn } from "./open_turn.ts";
import { Turn } from "./turn.ts";
import { TurnWatch } from "./turn_watch.ts";

/** Where the server is and whose token it is; or a client, which stays open when the bot closes. */
export type BotOptions = ClientOptions | { readonly client: Client };

export type TurnHandler = (turn: Turn) => unknown;
export type BallotHandler = (ballot: Ballot) => unknown;
/** @param turn in which it happened, if in one */
export type BotErrorListener = (error: Error, turn?: OpenTurn) => unknown;

/**
 * Answers the turns of an agent, in all its sessions. Each turn is handed to the handler once for as
 * long as the process lives, and to the next process if this one dies before it has answered; what is
 * said in a turn is stored once all the same. An agent's turns in one session are handled one after
 * the other, everything else at once.
 */
export class Bot {
  readonly client: Client;
  readonly #ownsClient: boolean;
  readonly #watch: TurnWatch;
  /** Those that wait for their handler or are in it. */
  readonly #turns = new Map<string, OpenTurn>();
  readonly #handling = new Set<Promise<void>>();
  /** Agent in a session → resolves when its next turn may be handled. */
  readonly #before = new Map<string, Promise<unknown>>();
  #turnHandler: TurnHandler | null = null;
  #ballotHandler: BallotHandler | null = null;
  readonly #listeners = new Listeners<{ error: { error: Error; turn: OpenTurn | undefined } }>();
  #closing = false;

  /** Connects at once; turns are taken from `start` on. */
  constructor(options: BotOptions) {
    this.#ownsClient = !("client" in options);
    this.client = "client" in options ? options.client : new Client(options);
    this.#watch = new TurnWatch(this.client, {
      opened: (turn) => this.#take(turn),
      ended: (turn_id, status) => this.#ended(turn_id, status),
      failed: (error) => this.#report(error),
    });
    this.client.on("ended", () => {
      for (const turn of this.#turns.values()) turn.abandon();
    });
  }

  /**
   * Says what to do when the agent is to speak. A handler that returns without having answered
   * passes. One that throws passes too, after an error entry in the session that everybody there sees.
   */
  onTurn(handler: TurnHandler): this {
    this.#turnHandler = handler;
    return this;
  }

  /** Says what to do when the agent may vote; a handler that returns without having voted, or throws, abstains. */
  onBallot(handler: BallotHandler): this {
    this.#ballotHandler = handler;
    return this;
  }

  /** Listens to what goes wrong; if nobody does, it is written to the console. */
  onError(listener: BotErrorListener): this {
    this.#listeners.add("error", ({ error, turn }) => listener(error, turn));
    return this;
  }

  /**
   * Begins to take turns, those first that are open already.
   * @throws CommandError unauthenticated when the token is refused
   */
  async start(): Promise<void> {
    const unlisten = this.client.on("offline", (reason) => {
      unlisten();
      const message = `No Taskmaster server answers at ${this.client.url} (${reason}); trying on`;
      this.#report(new CommandError("unavailable", message));
    });
    await this.client.connected().finally(unlisten);
    this.#watch.start();
  }

  /**
   * Takes no more turns, lets handlers finish what they are at, and disconnects. A handler may call it,
   * but not await it, which would be to wait for itself.
   */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#handling);
    this.#watch.stop();
    if (this.#ownsClient) this.client.close();
  }

  #take(turn: WaitingTurn): void {
    if (this.#closing) return;
    const begun = turn.purpose === "ballot" ? this.#vote(turn) : this.#speak(turn);
    const handling = begun.catch((error) => {
      this.#report(error);
      // It failed before its handler could begin: the next look gives it another try.
      this.#watch.release(turn.id);
    });
    this.#handling.add(handling);
    void handling.then(() => this.#handling.delete(handling));
  }

  async #speak(waiting: WaitingTurn): Promise<void> {
    const handler = this.#turnHandler;
    if (!handler) {
      return this.#report(new Error("A turn is left open, since the bot has no onTurn handler"));
    }
    const turn = new Turn(this.client, waiting);
    this.#turns.set(turn.id, turn);
    const key = `${turn.session_id} ${turn.agent_id}`;
    const before = this.#before.get(key) ?? Promise.resolve();
    const handled = before.then(() => this.#handle(turn, () => handler(turn)));
    // What is still being done for a turn that others ended does not hold up the next one.
    const next = Promise.race([handled.catch(() => {}), aborted(turn.signal)]);
    this.#before.set(key, next);
    await handled;
    if (this.#before.get(key) === next) this.#before.delete(key);
  }

  async #vote(waiting: WaitingTurn): Promise<void> {
    const handler = this.#ballotHandler;
    if (!handler) {
      return this.#report(new Error("A vote is left open, since the bot has no onBallot handler"));
    }
    const { session_id, decision_id } = waiting;
    const decision = await this.client.decision.get({ session_id, decision_id: decision_id! });
    if (decision.status === "closed") return;
    const ballot = new Ballot(this.client, waiting, decision);
    this.#turns.set(ballot.id, ballot);
    await this.#handle(ballot, () => handler(ballot));
  }

  async #handle(turn: OpenTurn, handler: () => unknown): Promise<void> {
    try {
      if (turn.signal.aborted || this.#closing) return;
      await handler();
      await turn.finish();
    } catch (error) {
      // What fails once nobody waits for it fails because of that.
      if (turn.signal.aborted) return;
      const cause = error instanceof Error ? error : new Error(String(error));
      this.#report(cause, turn);
      await turn.fail(cause).catch((failure) => {
        if (!turn.signal.aborted) this.#report(failure, turn);
      });
    } finally {
      this.#turns.delete(turn.id);
      // Another process of this bot was faster, and may have died since.
      if (turn.signal.aborted) this.#watch.release(turn.id);
    }
  }

  #ended(turn_id: string, status: EndStatus): void {
    this.#turns.get(turn_id)?.endedWith(status);
  }

  #report(error: Error, turn?: OpenTurn): void {
    if (!this.#listeners.has("error")) console.error(error);
    this.#listeners.tell("error", { error, turn });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
