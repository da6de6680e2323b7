import type { JsonObject } from "../../contract/json.ts";
import type { Turn } from "../../contract/turn.ts";
import type { Effect, Room } from "./room.ts";

/** What a log entry says of an effect. */
export interface Event {
  readonly type: "action" | "decision";
  /** One sentence for a person. */
  readonly message: string;
  readonly agent_id: string | null;
  readonly data: JsonObject;
}

/**
 * Puts an effect into the words of the stream.
 * @param room the one it happened in
 * @returns the fields of a log entry; `data.event` is the effect's kind
 */
export function eventOf(effect: Effect, room: Room): Event {
  switch (effect.kind) {
    case "run.started":
    case "run.paused":
    case "run.resumed": {
      const { id: run_id, prompt_id, status } = effect.run;
      const message = `The run ${effect.kind.slice("run.".length)}`;
      const session = effect.kind === "run.started" ? { session_status: "active" } : {};
      return action(effect, message, null, { run_id, prompt_id, status, ...session });
    }
    case "run.stopped": {
      const { id: run_id, stop } = effect.run;
      const data = { run_id, ...stop, session_status: "completed" };
      return {
        ...action(effect, `The run stopped: ${stop!.reason}`, null, data),
        type: "decision",
      };
    }
    case "turn.opened": {
      const { id: turn_id, status: _, message_id: __, closed_at: ___, ...turn } = effect.turn;
      return action(effect, opened(turn, nameIn(room, turn)), turn.agent_id, { turn_id, ...turn });
    }
    case "turn.closed": {
      const { id: turn_id, task: _, opened_at: __, deadline_at: ___, ...turn } = effect.turn;
      const message = `${nameIn(room, turn)} ${ended[turn.status]}`;
      return action(effect, message, turn.agent_id, { turn_id, ...turn });
    }
    case "decision.opened": {
      const { id: decision_id, ballots: _, outcome: __, ...decision } = effect.decision;
      return action(effect, decision.question, null, { decision_id, ...decision });
    }
    case "ballot.cast": {
      const { id: ballot_id, ...ballot } = effect.ballot;
      const message = `${nameIn(room, ballot)} voted`;
      return action(effect, message, ballot.agent_id, { ballot_id, ...ballot });
    }
    case "round.undecided": {
      const { undecided } = effect;
      const message = `Round ${undecided.round} is not decided: ${undecided.why}`;
      return { ...action(effect, message, null, undecided), type: "decision" };
    }
    case "decision.closed": {
      const { id: decision_id, run_id, question, outcome, closed_at } = effect.decision;
      const winner = outcome?.winner;
      const message =
        typeof winner === "string" ? `Decided: ${winner}` : `Not decided: ${outcome?.why}`;
      const data = { decision_id, run_id, question, ...outcome, closed_at };
      return { ...action(effect, message, null, data), type: "decision" };
    }
  }
}

const ended: Record<Turn["status"], string> = {
  open: "has the turn",
  answered: "answered",
  passed: "passed",
  timed_out: "did not answer in time",
  cancelled: "is not waited for any more",
};

function opened({ purpose, task }: Pick<Turn, "purpose" | "task">, name: string): string {
  if (purpose === "ballot") return `${name} may vote`;
  return task === null ? `${name} has the turn` : `${name} has the turn: ${task}`;
}

function nameIn({ plan, run }: Room, { agent_id }: { agent_id: string }): string {
  const members = [...(run?.plan.members ?? []), ...plan.members];
  return members.find((member) => member.agent_id === agent_id)?.name ?? "An agent";
}

function action({ kind }: Effect, message: string, agent_id: string | null, data: object): Event {
  return { type: "action", message, agent_id, data: { event: kind, ...data } as JsonObject };
}
