import Fraction from "fraction.js";
import { addDecimals } from "../../../contract/decimal.ts";
import type { ConditionKind } from "./kind.ts";

/** Met when the run's costs in one currency reach an amount; other currencies are not converted. */
export const cost: ConditionKind<"cost"> = {
  start: () => "0",
  look({ max_cost, currency = "USD" }, state, { happened }) {
    const sum = happened.reduce(
      (sum, one) =>
        one.kind === "cost" && one.currency === currency ? addDecimals(sum, one.amount) : sum,
      state as string,
    );
    const reason = `Cost limit reached: ${sum} ${currency} of ${max_cost}`;
    const reached = new Fraction(sum).compare(new Fraction(max_cost)) >= 0;
    return { state: sum, reason: reached ? reason : null };
  },
};
