import type { JsonObject } from "../../../contract/json.ts";
import { holds } from "../expression.ts";
import { type ConditionKind, met, saidIn } from "./kind.ts";

/** Met when a rule in JSON Logic holds over { turns, last, said }: `last` is the last of `said`. */
export const expression: ConditionKind<"expression"> = {
  look({ expression: rule }, _, news) {
    const said = saidIn(news) as unknown as JsonObject[];
    const data = { turns: news.turns, last: said.at(-1) ?? null, said };
    return met(holds(rule, data) ? "The team's expression holds" : null);
  },
};
