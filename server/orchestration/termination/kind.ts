import type { Json } from "../../../contract/json.ts";
import type { SingleCondition } from "../../../contract/termination.ts";
import type { Happened, Said } from "../types.ts";

/** Where a run stands as its conditions are looked at. */
export interface Standing {
  /** Turns that have ended in it. */
  readonly turns: number;
  /** ISO 8601, UTC. */
  readonly now: string;
  /** What was said since they were looked at last, for expressions alone; see asksForWords. */
  readonly said: readonly Said[];
}

/** What a condition has to say when it is looked at. */
export interface Look {
  /** What it keeps from now on. */
  readonly state: Json;
  /** In words for people; null while it is not met. */
  readonly reason: string | null;
}

/**
 * How one kind of condition works. What it keeps is stored with the run at every entry, so it keeps what it will
 * need of what happens, and no more.
 */
export interface ConditionKind<Type extends SingleCondition["type"]> {
  /** What it keeps when a run starts; null unless told. */
  start?(now: string): Json;
  /** Takes note of what happened. @returns what it keeps then; left out where nothing that happens counts */
  hear?(condition: Extract<SingleCondition, { type: Type }>, state: Json, happened: Happened): Json;
  /** Says whether it is met by what happened since it was looked at last, or by where the run stands. */
  look(condition: Extract<SingleCondition, { type: Type }>, state: Json, standing: Standing): Look;
}

/**
 * Makes the kind of condition that is met by a single prompt or message.
 * @param reasonFor the reason that something said is; null if it is none
 */
export function metBySaying<Type extends SingleCondition["type"]>(
  reasonFor: (condition: Extract<SingleCondition, { type: Type }>, said: Said) => string | null,
): ConditionKind<Type> {
  return {
    hear(condition, first, happened) {
      if (first !== null || happened.kind !== "said") return first;
      return reasonFor(condition, happened.said);
    },
    look: (_, first) => ({ state: null, reason: first as string | null }),
  };
}
