import { ranking } from "../choices.ts";
import type { Rule } from "../types.ts";
import { checkPairs, Pairwise } from "./pairwise.ts";

/** Whoever beats every other option one against one (Condorcet 1785); there may be nobody. */
export const condorcet: Rule = {
  check: ranking,
  checkQuestion: checkPairs,
  count(election) {
    const pairwise = new Pairwise(election);
    const winners = pairwise.options.filter((option) =>
      pairwise.others(option).every((other) => pairwise.margin(option, other) > 0n),
    );
    const why = winners[0]
      ? `${winners[0]} beats every other option`
      : "No option beats all others";
    return { winners: election.votes.length === 0 ? [] : winners, tally: pairwise.toJSON(), why };
  },
};
