import type { Turn } from "../../contract/turn.ts";
import { settingsOf, speakersOf } from "./members.ts";
import type { Effect, OpenDecision, OrchestratedRun, Room, RunState } from "./room.ts";
import type { Ask, Member, Plan } from "./types.ts";

/** When a step takes place, and where its ids come from. */
export interface Setting {
  /** ISO 8601, UTC. */
  readonly now: string;
  /** @param after an id that the new one must come after */
  readonly newId: (after?: string) => string;
}

/** How long a turn of somebody lasts who takes no turns in the team any more. */
const ABSENT_MS = 10_000;

/** One step under way: the room as it has become so far, and what was done to it. */
export class Scene {
  room: Room;
  readonly effects: Effect[] = [];
  readonly now: string;
  readonly newId: Setting["newId"];

  constructor(room: Room, { now, newId }: Setting) {
    this.room = room;
    this.now = now;
    this.newId = newId;
  }

  /** The run that has not stopped, if there is one. */
  get run(): OrchestratedRun | null {
    const { run } = this.room;
    return run === null || run.status === "stopped" ? null : run;
  }

  /** What the run goes by; without one, what the next will. */
  get plan(): Plan {
    return this.run?.plan ?? this.room.plan;
  }

  /** Open turns in which somebody is to speak. */
  get speaking(): Turn[] {
    return this.room.turns.filter(({ purpose }) => purpose === "speak");
  }

  /** The member with this id. */
  member(agent_id: string): Member | undefined {
    return this.plan.members.find((member) => member.agent_id === agent_id);
  }

  /** Milliseconds from now, as a time; null for none. */
  in(ms: number | null | undefined): string | null {
    return ms == null ? null : new Date(Date.parse(this.now) + ms).toISOString();
  }

  /** Whether a moment has come. */
  isDue(time: string | null): boolean {
    return time !== null && Date.parse(time) <= Date.parse(this.now);
  }

  /** Changes the run that has not stopped; with `kind`, for all to see. */
  changeRun(changes: Partial<OrchestratedRun>, kind?: Extract<Effect, { run: unknown }>["kind"]) {
    const run = { ...this.run!, ...changes };
    this.room = { ...this.room, run };
    if (kind) this.effects.push({ kind, run });
  }

  /** Changes what the run carries on. */
  changeState(changes: Partial<RunState>): void {
    this.changeRun({ state: { ...this.run!.state, ...changes } });
  }

  /** Opens a turn in which an agent is to speak. */
  openTurn(ask: Ask, round: number): void {
    this.#open(ask, round, null, this.in(this.#timeoutOf(ask.agent_id)));
  }

  /**
   * Opens a turn in which an agent is to vote.
   * @param isAnswer whether it may take no longer than an answer
   */
  openBallot(agent_id: string, decision: OpenDecision, isAnswer: boolean): void {
    const own = isAnswer ? this.#timeoutOf(agent_id) : undefined;
    const timeout = this.isAbsent(agent_id) ? 0 : own;
    const deadlines = [decision.deadline_at, this.in(timeout)].filter((time) => time !== null);
    this.#open({ agent_id, task: null }, 1, decision, deadlines.sort()[0] ?? null);
  }

  #open(
    { agent_id, task }: Ask,
    round: number,
    decision: OpenDecision | null,
    deadline_at: string | null,
  ): void {
    const turn: Turn = {
      id: this.newId(),
      session_id: this.room.session_id,
      run_id: this.run?.id ?? null,
      decision_id: decision?.id ?? null,
      agent_id,
      purpose: decision ? "ballot" : "speak",
      round,
      task,
      status: "open",
      message_id: null,
      opened_at: this.now,
      deadline_at,
      closed_at: null,
    };
    this.room = { ...this.room, turns: [...this.room.turns, turn] };
    this.effects.push({ kind: "turn.opened", turn });
  }

  /** Ends an open turn; what follows from it is for others to say. */
  endTurn(turn: Turn, status: Turn["status"], message_id: string | null = null): void {
    const turns = this.room.turns.filter(({ id }) => id !== turn.id);
    this.room = { ...this.room, turns };
    const closed: Turn = { ...turn, status, message_id, closed_at: this.now };
    this.effects.push({ kind: "turn.closed", turn: closed });
  }

  /** Whether somebody takes no turns in the team any more: the run goes by the team as it was, but cannot wait. */
  isAbsent(agent_id: string): boolean {
    return !speakersOf(this.room.plan).some((member) => member.agent_id === agent_id);
  }

  /** Milliseconds that an agent has to answer. People take their time unless the team says otherwise. */
  #timeoutOf(agent_id: string): number | undefined {
    const own = settingsOf(this.plan, agent_id)?.turn_timeout_ms;
    const isPerson = this.member(agent_id)?.type === "user_proxy";
    const timeout = own ?? (isPerson ? undefined : this.plan.config.turn_timeout_ms);
    return this.isAbsent(agent_id) ? Math.min(timeout ?? ABSENT_MS, ABSENT_MS) : timeout;
  }
}
