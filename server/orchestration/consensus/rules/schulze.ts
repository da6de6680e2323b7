import { ranking } from "../choices.ts";
import type { Rule } from "../types.ts";
import { checkPairs, Pairwise } from "./pairwise.ts";

/**
 * Strongest paths by winning votes (Schulze 2011, "A new monotonic, clone-independent, reversal
 * symmetric, and Condorcet-consistent single-winner election method").
 */
export const schulze: Rule = {
  check: ranking,
  checkQuestion: checkPairs,
  count(election) {
    const pairwise = new Pairwise(election);
    const paths = strongestPaths(pairwise);
    const best = pairwise.options.filter((a) =>
      pairwise.others(a).every((b) => paths(a, b) >= paths(b, a)),
    );
    const winners = election.votes.length === 0 ? [] : best;
    return {
      winners,
      tally: { pairwise: pairwise.toJSON(), strongest_paths: pairwise.toJSON(paths) },
      why: `No option has a stronger path against ${winners.join(" and ") || "anybody"}`,
    };
  },
};

/** The strength of the strongest path from one option to another (Floyd-Warshall), in units. */
function strongestPaths(pairwise: Pairwise): (a: string, b: string) => bigint {
  const { options } = pairwise;
  const place = new Map(options.map((option, at) => [option, at]));
  const strength = options.map((a) =>
    options.map((b) => (pairwise.margin(a, b) > 0n ? pairwise.of(a, b) : 0n)),
  );
  for (const [via, onward] of strength.entries()) {
    for (const from of strength) {
      const first = from[via]!;
      for (const [to, second] of onward.entries()) {
        // biome-ignore lint/complexity/useMathMinMax: these are bigints
        if (first > from[to]! && second > from[to]!) from[to] = second > first ? first : second;
      }
    }
  }
  return (a, b) => strength[place.get(a)!]![place.get(b)!]!;
}
