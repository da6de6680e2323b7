import type { Json, JsonObject } from "../../contract/json.ts";
import type { TeamConfig } from "../../contract/team_config.ts";
import type { Condition } from "../../contract/termination.ts";

/** An agent of a team, as turns are given to it. */
export interface Member {
  readonly agent_id: string;
  /** What others call it; unique in the team. */
  readonly name: string;
  readonly type: "user_proxy" | "assistant" | "custom";
  readonly role_in_team: string;
}

/** A team as a run goes by it: read when the run starts, so that a run keeps its rules to the end. */
export interface Plan {
  readonly type: "round_robin" | "hierarchical" | "broadcast" | "custom";
  /** In position order, observers too. */
  readonly members: readonly Member[];
  readonly config: TeamConfig;
  readonly termination: Condition | null;
  /** By which decisions of the team are settled, unless they name another. */
  readonly mechanism: Mechanism | null;
}

/** A way to settle decisions; its config is checked by contract/mechanism_config.ts. */
export interface Mechanism {
  readonly id: string;
  readonly type: "autocratic" | "democratic" | "game_theory" | "custom";
  readonly config: JsonObject;
}

/** A prompt or a message, as conditions and teams look at it. */
export interface Said {
  /** A member's name, or `user` for a prompt. */
  readonly source: string;
  /** Null for a prompt. */
  readonly agent_id: string | null;
  readonly content: string;
  readonly tool_call: JsonObject | null;
}

/** What conditions are told, in the order of the stream. */
export type Happened =
  | { readonly kind: "said"; readonly said: Said }
  /** Tokens of one model call, as a token_usage log entry counts them. */
  | { readonly kind: "usage"; readonly prompt: number; readonly completion: number }
  /** A decimal string, as a cost log entry has it. */
  | { readonly kind: "cost"; readonly amount: string; readonly currency: string };

/** A condition that was met, with its words for people. */
export interface Met {
  /** The condition's own type, such as `text_mention`. */
  readonly code: string;
  readonly reason: string;
}

/** A wish that a member takes a turn. */
export interface Ask {
  readonly agent_id: string;
  /** What it is asked, if more than to go on. */
  readonly task: string | null;
}

/** A turn that has ended, with what its agent said to end it. */
export interface ClosedTurn extends Ask {
  readonly round: number;
  readonly status: "answered" | "passed" | "timed_out" | "cancelled";
  readonly said: readonly Said[];
}

/** What a team does next. `state` is the team's memory: it is stored, and survives the run. */
export type Next =
  /** These take turns now, all at once. */
  | {
      readonly kind: "turns";
      readonly asks: readonly Ask[];
      readonly round: number;
      readonly state: Json;
    }
  /** Nothing to do until another open turn ends, somebody grants a turn, or a person speaks. */
  | { readonly kind: "wait"; readonly state: Json }
  /** The round's answers are put to the team's consensus mechanism. */
  | {
      readonly kind: "decide";
      readonly options: readonly string[];
      readonly round: number;
      readonly state: Json;
    }
  /** The run is over by the team's own rule. */
  | { readonly kind: "stop"; readonly code: string; readonly reason: string; readonly state: Json };

/** What a team goes on from. */
export type Cue =
  | { readonly kind: "turn"; readonly turn: ClosedTurn }
  | { readonly kind: "decision"; readonly winner: string | null }
  /** A person's words, while the team waits for them. */
  | { readonly kind: "prompt"; readonly said: Said };

/** How a type of team gives turns. Pure: the same arguments give the same answer on every node. */
export interface TeamType {
  /**
   * Says why a plan cannot be run, for the person who wrote the team.
   * @returns complaints, none if all is well
   */
  check(plan: Plan): string[];
  /**
   * Says who begins a run.
   * @param state what the run before left, null for the first
   * @param task the prompt
   */
  begin(plan: Plan, state: Json, task: Said): Next;
  /**
   * Says what follows a turn's end.
   * @param open agents whose turns of this run are still open
   */
  after(plan: Plan, state: Json, turn: ClosedTurn, open: readonly string[]): Next;
  /**
   * Says what to keep of a turn that may be the run's last; `after` follows only if it is not. Left out
   * where the next run needs to know nothing of it.
   */
  remember?(plan: Plan, state: Json, turn: ClosedTurn): Json;
  /** Says what follows a decision over a round's answers. Only teams that decide have it. */
  decided?(plan: Plan, state: Json, winner: string | null): Next;
  /** Says what follows a person's words while the team waits for them. Only teams that wait have it. */
  prompted?(plan: Plan, state: Json, prompt: Said): Next;
}
