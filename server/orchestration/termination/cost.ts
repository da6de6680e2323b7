import Fraction from "fraction.js";
import { addDecimals } from "../../../contract/decimal.ts";
import type { ConditionKind } from "./kind.ts";

/** Met when the run's costs in one currency reach an amount; other currencies are not converted. */
export const cost: ConditionKind<"cost"> = {
  start: () => "0",
  hear({ currency = "USD" }, state, happened) {
    if (happened.kind !== "cost" || happened.currency !== currency) return state;
    return addDecimals(state as string, happened.amount);
  },
  look({ max_cost, currency = "USD" }, state) {
    const sum = state as string;
    const reason = `Cost limit reached: ${sum} ${currency} of ${max_cost}`;
    const reached = new Fraction(sum).compare(new Fraction(max_cost)) >= 0;
    return { state, reason: reached ? reason : null };
  },
};
