import { ranking } from "../choices.ts";
import { greatest } from "../numbers.ts";
import type { Rule } from "../types.ts";
import { Pairwise } from "./pairwise.ts";

/** Every set of options is looked at, which one more option doubles. */
const MAX_OPTIONS = 10;
/** More orders that are as good as each other are not listed. */
const MAX_LISTED = 100;

/** The best that can be made of a set of options, and who may come first then. */
interface Best {
  readonly score: bigint;
  readonly firsts: readonly number[];
}

/**
 * The order that agrees with most pairwise preferences (Kemeny 1959, Young & Levenglick 1978), found
 * by the best order of each smaller set (Held & Karp 1962). Who is first in any such order has won.
 */
export const kemenyYoung: Rule = {
  check: ranking,
  checkQuestion: ({ options }) =>
    options.length > MAX_OPTIONS ? `Kemeny-Young takes ${MAX_OPTIONS} options at the most` : null,
  count(election) {
    const pairwise = new Pairwise(election);
    const { options } = pairwise;
    if (options.length > MAX_OPTIONS) {
      return { winners: [], tally: {}, why: `There are more than ${MAX_OPTIONS} options` };
    }
    const best = bestOrders(pairwise);
    const { score, firsts } = best.at(-1)!;
    const winners = election.votes.length === 0 ? [] : firsts.map((first) => options[first]!);
    const orders = election.votes.length === 0 ? [] : ordersOf(best, best.length - 1);
    return {
      winners,
      tally: {
        pairwise: pairwise.toJSON(),
        score: pairwise.text(score),
        orders: orders.map((order) => order.map((option) => options[option]!)),
      },
      why: `${winners.join(" and ") || "Nobody"} is first in an order that most preferences agree with`,
    };
  },
};

/** For each set of options, as bits, its best order. */
function bestOrders(pairwise: Pairwise): Best[] {
  const { options } = pairwise;
  const gain = options.map((a) => options.map((b) => pairwise.of(a, b)));
  const best: Best[] = [{ score: 0n, firsts: [] }];
  for (let set = 1; set < 2 ** options.length; set++) {
    const members = [...options.keys()].filter((option) => set & (1 << option));
    const scores = members.map((first) =>
      members.reduce(
        (score, below) => score + gain[first]![below]!,
        best[set ^ (1 << first)]!.score,
      ),
    );
    const score = greatest(scores)!;
    best.push({ score, firsts: members.filter((_, at) => scores[at] === score) });
  }
  return best;
}

function ordersOf(best: readonly Best[], set: number): number[][] {
  if (set === 0) return [[]];
  const orders: number[][] = [];
  for (const first of best[set]!.firsts) {
    if (orders.length >= MAX_LISTED) break;
    for (const rest of ordersOf(best, set ^ (1 << first))) orders.push([first, ...rest]);
  }
  return orders.slice(0, MAX_LISTED);
}
