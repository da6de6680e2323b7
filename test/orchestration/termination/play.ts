import type { Json, JsonObject } from "../../../contract/json.ts";
import type { Condition } from "../../../contract/termination.ts";
import {
  checkConditions,
  hearConditions,
  startConditions,
} from "../../../server/orchestration/termination/index.ts";
import type { Happened, Said } from "../../../server/orchestration/types.ts";

/** When the runs of these tests start. */
export const START = "2026-01-01T00:00:00.000Z";

/** A moment of the run, so many milliseconds after its start. */
export const later = (ms: number) => new Date(Date.parse(START) + ms).toISOString();

/** Something said, as a condition is told. */
export function said(source: string, content: string, tool_call: JsonObject | null = null) {
  const agent_id = source === "user" ? null : `id of ${source}`;
  return { kind: "said", said: { source, agent_id, content, tool_call } satisfies Said } as const;
}

export const usage = (prompt: number, completion: number): Happened => ({
  kind: "usage",
  prompt,
  completion,
});

export const cost = (amount: string, currency = "USD"): Happened => ({
  kind: "cost",
  amount,
  currency,
});

/** Tells a condition one thing after the other, with its state stored as JSON in between. */
export const tell = (condition: Condition, state: Json, happened: readonly Happened[]) =>
  happened.reduce<Json>(
    (kept, one) => JSON.parse(JSON.stringify(hearConditions(condition, kept, one))),
    state,
  );

/** What is new at one look; unless told, the task has no turn and each look after it ends one. */
export type Delta = readonly Happened[] | { happened: readonly Happened[]; at: number };

/**
 * Shows a condition a run, one delta after the other, with its state stored as JSON in between.
 * @returns the stop reason at each look, null while the run goes on
 */
export function play(condition: Condition, ...deltas: Delta[]): (string | null)[] {
  let state = startConditions(condition, START);
  return deltas.map((delta, turns) => {
    const { happened, at } = "happened" in delta ? delta : { happened: delta, at: 0 };
    state = JSON.parse(JSON.stringify(state));
    const words = happened.flatMap((one) => (one.kind === "said" ? [one.said] : []));
    const standing = { turns, now: later(at), said: words };
    const looked = checkConditions(condition, tell(condition, state, happened), standing);
    state = looked.state;
    return looked.met.length > 0 ? looked.met.map(({ reason }) => reason).join(", ") : null;
  });
}
