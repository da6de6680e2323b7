import type { Ballot, Decision } from "../../contract/decision.ts";
import type { Json, JsonObject } from "../../contract/json.ts";
import type { Run } from "../../contract/run.ts";
import type { Turn } from "../../contract/turn.ts";
import type { Cue, Happened, Mechanism, Plan, Said } from "./types.ts";

/** What a run carries from one turn to the next; stored with it as JSON. */
export interface RunState {
  /** The team type's own memory; the next run of the session begins with it. */
  readonly team: Json;
  /** What the termination conditions keep of what happened in it. */
  readonly conditions: Json;
  /** What was said since they were looked at, if one of them asks for it. */
  readonly said?: readonly Said[];
  /** What a node of the version before noted for them, which kept it until it looked. */
  readonly heard: readonly Happened[];
  /** What the team is to go on from once the run is resumed. */
  readonly held: readonly Cue[];
  /** The team waits for a person or a grant rather than for an open turn. */
  readonly waiting: boolean;
  /** The decision over a round's answers that the team waits for. */
  readonly decision_id: string | null;
  /** Prompts whose runs come after this one. */
  readonly queue: readonly { readonly id: string; readonly said: Said }[];
  /** Why it stops once its open turns have ended. */
  readonly stopping: { readonly code: string; readonly reason: string } | null;
  /** How often an agent's turn was opened again after it timed out, in a row. */
  readonly retries: Readonly<Record<string, number>>;
  /** How many turns were passed since somebody said something. */
  readonly passes?: number;
  readonly turns: number;
  readonly messages: number;
  readonly tokens: { readonly input: number; readonly output: number };
  /** Currency → amount as a decimal string. */
  readonly cost: Readonly<Record<string, string>>;
}

export type OrchestratedRun = Run & { readonly plan: Plan & JsonObject; readonly state: RunState };

export type OpenDecision = Decision & { readonly ballots: readonly Ballot[] };

/** All that orchestration knows of one session, as plain values. */
export interface Room {
  readonly session_id: string;
  /** The team as it is now, by which the next run will go. */
  readonly plan: Plan;
  /** Whether nobody orchestrates the team any more: what is under way ends, and no run begins. */
  readonly isEnding?: boolean;
  /** The newest run. */
  readonly run: OrchestratedRun | null;
  /** The open ones. */
  readonly turns: readonly Turn[];
  readonly decisions: readonly OpenDecision[];
}

/** What happens to a room. Entries come with the id under which they are being stored. */
export type Happening =
  | { readonly kind: "prompt"; readonly id: string; readonly said: Said }
  | {
      readonly kind: "message";
      readonly id: string;
      readonly agent_id: string;
      readonly said: Said;
    }
  /** Tokens or costs of the run. */
  | { readonly kind: "used"; readonly happened: Happened }
  | { readonly kind: "pass"; readonly turn_id: string }
  | { readonly kind: "grant"; readonly agent_id: string; readonly task: string | null }
  | { readonly kind: "pause" }
  | { readonly kind: "resume" }
  | { readonly kind: "stop"; readonly now: boolean; readonly reason: string | null }
  /** Nobody may say anything any more: all that is under way ends, and nothing begins. */
  | { readonly kind: "archive" }
  /** Time went by: what is overdue ends. */
  | { readonly kind: "tick" }
  | {
      readonly kind: "open_decision";
      readonly question: string;
      readonly options: readonly string[];
      readonly mechanism: Mechanism;
      readonly deadline_ms: number | null;
    }
  | {
      readonly kind: "ballot";
      readonly decision_id: string;
      readonly agent_id: string;
      readonly choice: Ballot["choice"];
    }
  | { readonly kind: "close_decision"; readonly decision_id: string };

/** A round whose answers the team's mechanism cannot decide between. */
export interface Undecided {
  readonly run_id: string;
  readonly round: number;
  readonly options: readonly string[];
  /** In words for people. */
  readonly why: string;
}

/** What a step did to a room: each is one log entry, and most are a row to be written. */
export type Effect =
  | {
      readonly kind: "run.started" | "run.paused" | "run.resumed" | "run.stopped";
      readonly run: OrchestratedRun;
    }
  | { readonly kind: "turn.opened" | "turn.closed"; readonly turn: Turn }
  | { readonly kind: "decision.opened" | "decision.closed"; readonly decision: OpenDecision }
  | { readonly kind: "ballot.cast"; readonly ballot: Ballot }
  | { readonly kind: "round.undecided"; readonly undecided: Undecided };
