import { ranking } from "../choices.ts";
import { text } from "../numbers.ts";
import type { Rule } from "../types.ts";
import { Pairwise } from "./pairwise.ts";

/**
 * Victories are locked in from the strongest by winning votes, but for those that would close a circle
 * (Tideman 1987). Of equally strong ones that with fewer votes against it goes first, and then the one
 * whose options are named first.
 */
export const rankedPairs: Rule = {
  check: ranking,
  count(election) {
    const pairwise = new Pairwise(election);
    const { options } = pairwise;
    const victories = options
      .flatMap((a) => pairwise.others(a).map((b) => ({ a, b })))
      .filter(({ a, b }) => pairwise.margin(a, b).compare(0) > 0)
      .map((pair) => ({
        ...pair,
        votes: pairwise.of(pair.a, pair.b),
        against: pairwise.of(pair.b, pair.a),
      }))
      // The sort is stable, and the options are in their order.
      .sort((x, y) => y.votes.compare(x.votes) || x.against.compare(y.against));
    const beats = new Map<string, string[]>(options.map((option) => [option, []]));
    const reaches = (from: string, to: string): boolean =>
      from === to || beats.get(from)!.some((next) => reaches(next, to));
    const rounds = victories.map(({ a, b, votes }) => {
      const locked = !reaches(b, a);
      if (locked) beats.get(a)!.push(b);
      return { victory: `${a}>${b}`, votes: text(votes), locked };
    });
    const beaten = new Set([...beats.values()].flat());
    const winners = election.votes.length === 0 ? [] : options.filter((one) => !beaten.has(one));
    return {
      winners,
      tally: pairwise.toJSON(),
      rounds,
      why: `Nothing locked in beats ${winners.join(" and ")}`,
    };
  },
};
