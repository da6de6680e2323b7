import type { Output } from "../contract/commands.ts";
import { CommandError, type ErrorCode } from "../contract/errors.ts";
import type { Turn } from "../contract/turn.ts";
import type { Client } from "./client.ts";
import type { Session } from "./session.ts";
import { storable } from "./storable.ts";

/** A turn as the server lists it. */
export type WaitingTurn = Output<"me.list_turns">["data"][number];

/** How a turn ended that somebody else ended; null where only that it did is known. */
export type EndStatus = Exclude<Turn["status"], "open"> | null;

/** What a turn's signal is aborted with: it is over, and whatever is still being done for it is in vain. */
export class TurnEnded extends Error {
  readonly status: EndStatus;

  constructor(status: EndStatus) {
    super(`The turn is over${status === null ? "" : `: ${status}`}`);
    this.name = "TurnEnded";
    this.status = status;
  }
}

/** What speaking and voting have in common: a turn that waits, and ends once. */
export abstract class OpenTurn {
  readonly id: string;
  readonly session_id: string;
  /** Null where no run is under way. */
  readonly run_id: string | null;
  /** Who has the turn. */
  readonly agent_id: string;
  readonly opened_at: string;
  /** When it ends by itself; null if it does not. */
  readonly deadline_at: string | null;
  /** Everything else that can be done in the session: comment, log, follow. */
  readonly session: Session;
  /**
   * Aborted when the turn is over for this bot: by its deadline, a stop, another process of the bot, or
   * because the client was closed.
   */
  readonly signal: AbortSignal;
  protected readonly client: Client;
  readonly #ended = new AbortController();
  readonly #work: Promise<unknown>[] = [];
  /** Of this, what is told beside the answer, and counts whatever the answer comes to. */
  readonly #beside: Promise<unknown>[] = [];
  /** How this bot is ending it, or has. */
  #ending: EndStatus = null;

  /** Made by the bot. */
  constructor(client: Client, turn: WaitingTurn) {
    this.id = turn.id;
    this.session_id = turn.session_id;
    this.run_id = turn.run_id;
    this.agent_id = turn.agent_id;
    this.opened_at = turn.opened_at;
    this.deadline_at = turn.deadline_at;
    this.session = client.session(turn.session_id);
    this.client = client;
    this.signal = this.#ended.signal;
  }

  /** Ends it without an answer. */
  protected abstract decline(): Promise<unknown>;

  /** Ends it after a handler that did not. */
  protected conclude(): Promise<unknown> {
    return this.decline();
  }

  /**
   * What the bot tells a turn that the server says has ended.
   * @param status how, if that is known
   */
  endedWith(status: EndStatus): void {
    // What this bot does itself is told by the answer to its command.
    if (this.#ending !== null && (status === null || status === this.#ending)) return;
    this.#ended.abort(new TurnEnded(status));
  }

  /** What the bot tells a turn when it can do nothing for it any more, being disconnected for good. */
  abandon(): void {
    this.#ended.abort(new TurnEnded(null));
  }

  /**
   * What the bot calls when the handler is done: waits for what it began without waiting for, and
   * ends the turn if nothing has.
   * @throws what failed, if the turn is open because of it, or it was told beside the answer
   */
  async finish(): Promise<void> {
    await Promise.allSettled(this.#work);
    if (this.signal.aborted) return;
    await Promise.all(this.#ending === null ? this.#work : this.#beside);
    if (this.#ending === null) await this.conclude();
  }

  /**
   * What the bot calls when the handler failed: tells the session so, and declines.
   * @throws what refused either
   */
  async fail(error: Error): Promise<void> {
    if (this.#ending !== null || this.signal.aborted) return;
    const { id: turn_id, agent_id } = this;
    const message = storable(`The bot failed: ${error.message}`, 1_000);
    const entry = { type: "error", message, data: { turn_id }, agent_id } as const;
    try {
      await this.session.log(entry, { signal: this.signal });
    } finally {
      await this.decline();
    }
  }

  /** Does something beside the answer that `finish` waits for. */
  protected beginBeside<Result>(work: Promise<Result>): Promise<Result> {
    this.#beside.push(work);
    return this.begin(work);
  }

  /** Does something for the turn that `finish` waits for. */
  protected begin<Result>(work: Promise<Result>): Promise<Result> {
    this.#work.push(work);
    // Whoever does not wait for it would end the process by its failure, of which `finish` tells.
    work.catch(() => {});
    return work;
  }

  /**
   * Does what ends the turn, which one thing can.
   * @throws TurnEnded if somebody else has ended it; what refused it otherwise, and it is open still
   */
  protected end<Result>(status: EndStatus, act: () => Promise<Result>): Promise<Result> {
    return this.begin(this.#end(status, act));
  }

  async #end<Result>(status: EndStatus, act: () => Promise<Result>): Promise<Result> {
    if (this.#ending !== null) throw new Error("This turn has been answered or passed already");
    this.signal.throwIfAborted();
    this.#ending = status;
    try {
      return await this.whileOpen(act, "conflict");
    } catch (error) {
      this.#ending = null;
      throw error;
    }
  }

  /**
   * Does something that the server takes only while the turn is open.
   * @param codes more refusals that say that it is not
   * @throws TurnEnded if it is not
   */
  protected async whileOpen<Result>(
    act: () => Promise<Result>,
    ...codes: ErrorCode[]
  ): Promise<Result> {
    this.signal.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      const isOver =
        error instanceof CommandError && [...codes, ...over].some((code) => code === error.code);
      if (isOver) this.#ended.abort(new TurnEnded(null));
      this.signal.throwIfAborted();
      throw error;
    }
  }
}

/** `id_reused`: another process of this bot said something else in this turn before. */
const over: readonly ErrorCode[] = ["not_your_turn", "id_reused", "session_closed"];

/**
 * Issues a command that cannot be done twice until the server has answered.
 * @param find what it made, if it was done though its answer was lost
 * @throws CommandError any refusal but `unavailable`
 */
export async function insist<Result>(
  issue: () => Promise<Result>,
  find: () => Promise<Result | undefined>,
  signal: AbortSignal,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await issue();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      const made = error.code === "conflict" && attempt > 1 ? await find() : undefined;
      if (made !== undefined) return made;
      if (error.code !== "unavailable") throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      signal.throwIfAborted();
    }
  }
}
