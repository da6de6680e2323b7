import { oneOption } from "../choices.ts";
import { leaders, texts } from "../numbers.ts";
import type { Rule } from "../types.ts";
import { firstChoices } from "./first_choices.ts";

/** Most votes win, be they less than half (first past the post). */
export const plurality: Rule = {
  check: oneOption,
  extremes: ({ options }) => options,
  count(election) {
    const tally = firstChoices(election);
    const winners = leaders(tally);
    return {
      winners,
      tally: texts(tally),
      why: `${winners.join(" and ") || "Nobody"} has most votes`,
    };
  },
};
