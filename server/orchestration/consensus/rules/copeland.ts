import Fraction from "fraction.js";
import { ranking } from "../choices.ts";
import { extremesOf, sum, texts } from "../numbers.ts";
import type { Rule } from "../types.ts";
import { Pairwise } from "./pairwise.ts";

/** A point for each option beaten one against one, half of one for a tie (Copeland 1951). */
export const copeland: Rule = {
  check: ranking,
  count(election) {
    const pairwise = new Pairwise(election);
    const tally = new Map(
      pairwise.options.map((option) => [
        option,
        sum(
          pairwise
            .others(option)
            .map((other) => new Fraction(pairwise.margin(option, other).compare(0) + 1, 2)),
        ),
      ]),
    );
    const winners = election.votes.length === 0 ? [] : extremesOf(tally);
    return {
      winners,
      tally: texts(tally),
      why: `${winners.join(" and ") || "Nobody"} wins most comparisons`,
    };
  },
};
