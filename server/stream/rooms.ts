import { CommandError } from "../../contract/errors.ts";
import type { Sql } from "../database/sql.ts";
import { eventOf } from "../orchestration/events.ts";
import { happeningOf } from "../orchestration/happening.ts";
import { answerableBy, lentTo } from "../orchestration/members.ts";
import { onlyEnding, planOf } from "../orchestration/plan.ts";
import type { Effect, Happening, Room } from "../orchestration/room.ts";
import { step } from "../orchestration/step.ts";
import { type Draft, eventDraft } from "./draft.ts";
import { newId } from "./new_id.ts";
import { type RoomChanges, type RoomRow, saveRows, selectRooms } from "./room_rows.ts";

/** Something that happened, as others see it. */
export interface Moved {
  /** The room as it is then. */
  readonly room: Room;
  readonly effects: readonly Effect[];
  /** The log entries that say so, one for each. */
  readonly drafts: readonly Draft[];
}

/**
 * The rooms of orchestrated sessions within one transaction: loaded under the lock of their session
 * rows, moved on by what is written, and saved before the commit.
 */
export class Rooms {
  readonly #rooms = new Map<string, Room>();
  /** Session id → why nobody can orchestrate there. */
  readonly #complaints = new Map<string, CommandError>();
  readonly #team_ids: ReadonlyMap<string, string>;
  /** Session id → when its newest entry was written. */
  readonly #newest = new Map<string, string>();
  readonly #changes: RoomChanges = {
    started: new Map(),
    runs: new Map(),
    decisions: new Map(),
    turns: new Map(),
    ballots: new Map(),
    statuses: new Map(),
  };

  private constructor(rows: readonly RoomRow[], team_ids: ReadonlyMap<string, string>) {
    this.#team_ids = team_ids;
    for (const { team, last_at, ...row } of rows) {
      if (last_at !== null) this.#newest.set(row.session_id, last_at);
      const plan = planOf(team);
      if (plan instanceof CommandError) this.#complaints.set(row.session_id, plan);
      else if (plan) this.#rooms.set(row.session_id, { ...row, plan });
      if (!this.#rooms.has(row.session_id) && isUnderWay(row)) {
        const ending = { ...row, plan: onlyEnding(team), isEnding: true };
        this.#rooms.set(row.session_id, ending);
      }
    }
  }

  /** Of sessions that have no team. */
  static get none(): Rooms {
    return new Rooms([], new Map());
  }

  /**
   * Loads the rooms of those sessions that have a team.
   * @param sessions whose rows the transaction holds
   */
  static async load(
    sessions: Iterable<{ id: string; team_id: string | null }>,
    sql: Sql,
  ): Promise<Rooms> {
    const team_ids = new Map<string, string>();
    for (const { id, team_id } of sessions) if (team_id !== null) team_ids.set(id, team_id);
    const rows = team_ids.size === 0 ? [] : await selectRooms([...team_ids.keys()], sql);
    return new Rooms(rows, team_ids);
  }

  /**
   * The room of a session, as it is by now.
   * @throws CommandError conflict where nobody orchestrates
   */
  get(session_id: string): Room {
    const room = this.#rooms.get(session_id);
    if (room) return room;
    const complaint = this.#complaints.get(session_id);
    const none = "This session has no team whose turns the server gives";
    throw complaint ?? new CommandError("conflict", none);
  }

  /**
   * When something is written, so that what comes later in a room is never of an earlier time: turns are told
   * from what was said before them by it, and the clocks of nodes differ.
   * @param now of this node; ISO 8601, UTC, as is the result
   */
  timeIn(session_id: string, now: string): string {
    const newest = this.#newest.get(session_id);
    return newest !== undefined && newest > now ? newest : now;
  }

  /**
   * Agents for whom this user may answer the turn that they have, beside those of the user's own.
   * @param isRepeated whether the answer is there already, so that it was their turn
   */
  answerableBy(session_id: string, user_id: string, isRepeated: boolean): string[] {
    const room = this.#rooms.get(session_id);
    if (!room) return [];
    return isRepeated ? lentTo(room, user_id) : answerableBy(room, user_id);
  }

  /**
   * Says what follows from an entry that is about to be written.
   * @param now when it is written; ISO 8601, UTC
   * @returns log entries, or why it may not be said now; a fault of ours as well, which is nobody else's
   */
  follow(draft: Draft & { id: string }, now: string): readonly Draft[] | Error {
    const room = this.#rooms.get(draft.session_id);
    // A run that is under way takes prompts, whatever the team has become.
    const complaint = isRunning(room) ? undefined : this.#complaints.get(draft.session_id);
    if (complaint && draft.kind === "prompt") return complaint;
    if (!room) return [];
    try {
      const happening = happeningOf(draft, room);
      return happening ? this.happen(draft.session_id, happening, now).drafts : [];
    } catch (error) {
      return error as Error;
    }
  }

  /**
   * Lets something happen in a room.
   * @param now ISO 8601, UTC
   * @throws CommandError when it may not happen; conflict where nobody orchestrates
   */
  happen(session_id: string, happening: Happening, now: string): Moved {
    const before = this.get(session_id);
    const { room, effects } = step(before, happening, { now, newId });
    const team_id = this.#team_ids.get(session_id)!;
    const drafts = effects.map((effect) => {
      const { message, ...about } = eventOf(effect, room);
      return eventDraft(session_id, effect.kind, message, { ...about, team_id });
    });
    // Nothing is changed by what cannot be told.
    this.#rooms.set(session_id, room);
    if (room.run && room.run !== before.run) this.#changes.runs.set(room.run.id, room.run);
    for (const effect of effects) this.#note(session_id, effect, now);
    return { room, effects, drafts };
  }

  /**
   * Sends the statements that store what has changed.
   * @returns them as they were sent, for the caller to await with the transaction's other ones
   */
  save(sql: Sql): Promise<unknown>[] {
    return saveRows(this.#changes, sql);
  }

  #note(session_id: string, effect: Effect, updated_at: string): void {
    const { started, runs, decisions, turns, ballots, statuses } = this.#changes;
    switch (effect.kind) {
      case "run.started":
        started.set(effect.run.id, effect.run);
        statuses.set(session_id, { status: "active", updated_at });
        break;
      case "run.stopped":
        // Another run may have taken its place within the same step.
        runs.set(effect.run.id, effect.run);
        statuses.set(session_id, { status: "completed", updated_at });
        break;
      case "turn.opened":
      case "turn.closed":
        // What has ended goes first, so that an agent never has two open turns on the way.
        turns.delete(effect.turn.id);
        turns.set(effect.turn.id, effect.turn);
        break;
      case "decision.opened":
      case "decision.closed":
        decisions.set(effect.decision.id, effect.decision);
        break;
      case "ballot.cast":
        ballots.set(effect.ballot.id, effect.ballot);
        break;
    }
  }
}

/** Whether a run or a decision is yet to end. */
function isUnderWay(room: Pick<Room, "run" | "decisions">): boolean {
  return isRunning(room) || room.decisions.length > 0;
}

function isRunning(room: Pick<Room, "run"> | undefined): boolean {
  return room?.run != null && room.run.status !== "stopped";
}
