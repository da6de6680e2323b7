import { ranking } from "../choices.ts";
import { extremesOf, texts, zero } from "../numbers.ts";
import type { Rule } from "../types.ts";
import { Pairwise } from "./pairwise.ts";

/** The option whose worst defeat is the smallest, by margins (Simpson 1969, Kramer 1977). */
export const minimax: Rule = {
  check: ranking,
  count(election) {
    const pairwise = new Pairwise(election);
    const worst = new Map(
      pairwise.options.map((option) => {
        const defeats = pairwise.others(option).map((other) => pairwise.margin(other, option));
        return [option, defeats.reduce((a, b) => (a.compare(b) > 0 ? a : b), defeats[0] ?? zero)];
      }),
    );
    const winners = election.votes.length === 0 ? [] : extremesOf(worst, "least");
    return {
      winners,
      tally: texts(worst),
      why: `The worst defeat of ${winners.join(" and ")} is the smallest`,
    };
  },
};
