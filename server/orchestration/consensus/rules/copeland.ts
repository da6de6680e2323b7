import Fraction from "fraction.js";
import { ranking } from "../choices.ts";
import { extremesOf, texts } from "../numbers.ts";
import type { Rule } from "../types.ts";
import { checkPairs, Pairwise } from "./pairwise.ts";

/** A point for each option beaten one against one, half of one for a tie (Copeland 1951). */
export const copeland: Rule = {
  check: ranking,
  checkQuestion: checkPairs,
  count(election) {
    const pairwise = new Pairwise(election);
    const halves = (option: string, other: string) => {
      const margin = pairwise.margin(option, other);
      return margin > 0n ? 2 : margin === 0n ? 1 : 0;
    };
    const tally = new Map(
      pairwise.options.map((option) => {
        const others = pairwise.others(option);
        const points = others.reduce<number>((all, other) => all + halves(option, other), 0);
        return [option, new Fraction(points, 2)];
      }),
    );
    const winners = election.votes.length === 0 ? [] : extremesOf(tally);
    return {
      winners,
      tally: texts(tally),
      why: `${winners.join(" and ") || "Nobody"} wins most comparisons`,
    };
  },
};
