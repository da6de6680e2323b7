import type { Json } from "../../../contract/json.ts";
import type { SingleCondition } from "../../../contract/termination.ts";
import type { Happened, Said } from "../types.ts";

/** What a condition looks at: what is new, and where the run stands. */
export interface News {
  /** In the order of the stream, each thing once. */
  readonly happened: readonly Happened[];
  /** Turns that have ended in this run. */
  readonly turns: number;
  /** ISO 8601, UTC. */
  readonly now: string;
}

/** What a condition has to say of the news. */
export interface Look {
  /** What it has counted so far; stored with the run. */
  readonly state: Json;
  /** In words for people; null while it is not met. */
  readonly reason: string | null;
}

/** How one kind of condition works. */
export interface ConditionKind<Type extends SingleCondition["type"]> {
  /** What it has counted when a run starts; null unless told. */
  start?(now: string): Json;
  look(condition: Extract<SingleCondition, { type: Type }>, state: Json, news: News): Look;
}

/** The prompts and messages among the news. */
export function saidIn({ happened }: News): Said[] {
  return happened.flatMap((one) => (one.kind === "said" ? [one.said] : []));
}

/** The look of a condition that counts nothing. */
export function met(reason: string | null | undefined): Look {
  return { state: null, reason: reason ?? null };
}
