import type { Json, JsonObject } from "../../../contract/json.ts";
import { holds } from "../expression.ts";
import type { ConditionKind } from "./kind.ts";

const keptIn = (state: Json) => (state ?? []) as JsonObject[];

/**
 * Met when a rule in JSON Logic holds over { turns, last, said }: `said` is what was said since it was looked at
 * last, and `last` the last of it. What the rule will ask of that is not known before, so all of it is kept.
 */
export const expression: ConditionKind<"expression"> = {
  hear: (_, state, happened) =>
    happened.kind === "said" ? [...keptIn(state), { ...happened.said }] : state,
  look({ expression: rule }, state, { turns }) {
    const said = keptIn(state);
    const holding = holds(rule, { turns, last: said.at(-1) ?? null, said });
    return { state: null, reason: holding ? "The team's expression holds" : null };
  },
};
