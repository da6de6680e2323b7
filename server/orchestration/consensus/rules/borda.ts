import Fraction from "fraction.js";
import { groupsOf, ranking } from "../choices.ts";
import { extremesOf, texts, zero } from "../numbers.ts";
import type { Rule } from "../types.ts";

/**
 * An option has a point for each one ranked below it (Borda 1781): n - 1 for the first of n. Tied ones
 * share what their places are worth.
 */
export const borda: Rule = {
  check: ranking,
  count({ question, votes }) {
    const tally = new Map(question.options.map((option) => [option, zero]));
    for (const { choice, weight } of votes) {
      let below = question.options.length;
      for (const group of groupsOf(choice, question)) {
        below -= group.length;
        const points = new Fraction(group.length - 1, 2).add(below).mul(weight);
        for (const option of group) tally.set(option, tally.get(option)!.add(points));
      }
    }
    const winners = votes.length === 0 ? [] : extremesOf(tally);
    return {
      winners,
      tally: texts(tally),
      why: `${winners.join(" and ") || "Nobody"} has most points`,
    };
  },
};
