import { ranking } from "../choices.ts";
import { greatest } from "../numbers.ts";
import type { Rule } from "../types.ts";
import { checkPairs, Pairwise } from "./pairwise.ts";

/**
 * The option whose worst defeat is the smallest, by margins (Simpson 1969, Kramer 1977). Who is beaten
 * by nobody has the narrowest victory as a negative defeat.
 */
export const minimax: Rule = {
  check: ranking,
  checkQuestion: checkPairs,
  count(election) {
    const pairwise = new Pairwise(election);
    const worst = pairwise.options.map((option) => {
      const defeats = pairwise.others(option).map((other) => pairwise.margin(other, option));
      return [option, greatest(defeats) ?? 0n] as const;
    });
    const best = worst.filter(([, defeat]) => worst.every(([, other]) => defeat <= other));
    const winners = election.votes.length === 0 ? [] : best.map(([option]) => option);
    return {
      winners,
      tally: Object.fromEntries(worst.map(([option, defeat]) => [option, pairwise.text(defeat)])),
      why: `The worst defeat of ${winners.join(" and ") || "nobody"} is the smallest`,
    };
  },
};
