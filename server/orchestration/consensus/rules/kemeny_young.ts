import type Fraction from "fraction.js";
import { ranking } from "../choices.ts";
import { text, zero } from "../numbers.ts";
import type { Rule } from "../types.ts";
import { Pairwise } from "./pairwise.ts";

/** All orders are looked at, which for one more option are as many times more. */
const MAX_OPTIONS = 8;

/** The order that agrees with most pairwise preferences (Kemeny 1959, Young & Levenglick 1978). */
export const kemenyYoung: Rule = {
  check: (choice, question) =>
    question.options.length > MAX_OPTIONS
      ? `Kemeny-Young is for ${MAX_OPTIONS} options at the most`
      : ranking(choice, question),
  count(election) {
    const pairwise = new Pairwise(election);
    let best: Fraction | null = null;
    let orders: string[][] = [];
    const place = (order: string[], left: readonly string[], score: Fraction) => {
      if (left.length === 0) {
        const better = best === null ? 1 : score.compare(best);
        if (better > 0) {
          best = score;
          orders = [];
        }
        if (better >= 0) orders.push(order);
        return;
      }
      for (const option of left) {
        const rest = left.filter((one) => one !== option);
        const gained = rest.reduce((sum, below) => sum.add(pairwise.of(option, below)), score);
        place([...order, option], rest, gained);
      }
    };
    if (election.votes.length > 0) place([], pairwise.options, zero);
    const winners = [...new Set(orders.map(([first]) => first!))];
    return {
      winners,
      tally: {
        pairwise: pairwise.toJSON(),
        score: text(best ?? zero),
        orders: orders.slice(0, 100),
      },
      why: `${winners.join(" and ") || "Nobody"} is first in an order that most preferences agree with`,
    };
  },
};
