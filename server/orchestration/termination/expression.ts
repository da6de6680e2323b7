import type { JsonObject } from "../../../contract/json.ts";
import { holds } from "../expression.ts";
import type { ConditionKind } from "./kind.ts";

/** Met when a rule in JSON Logic holds over { turns, last, said }: `last` is the last of `said`. */
export const expression: ConditionKind<"expression"> = {
  look({ expression: rule }, state, { turns, said }) {
    const words = said as unknown as JsonObject[];
    const holding = holds(rule, { turns, last: words.at(-1) ?? null, said: words });
    return { state, reason: holding ? "The team's expression holds" : null };
  },
};
