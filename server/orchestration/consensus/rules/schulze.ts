import type Fraction from "fraction.js";
import { ranking } from "../choices.ts";
import { text, zero } from "../numbers.ts";
import type { Rule } from "../types.ts";
import { Pairwise } from "./pairwise.ts";

/**
 * Strongest paths by winning votes (Schulze 2011, "A new monotonic, clone-independent, reversal
 * symmetric, and Condorcet-consistent single-winner election method").
 */
export const schulze: Rule = {
  check: ranking,
  count(election) {
    const pairwise = new Pairwise(election);
    const paths = strongestPaths(pairwise);
    const winners = pairwise.options.filter((a) =>
      pairwise.others(a).every((b) => paths(a, b).compare(paths(b, a)) >= 0),
    );
    const pairs = pairwise.options.flatMap((a) => pairwise.others(a).map((b) => [a, b] as const));
    const strongest = Object.fromEntries(pairs.map(([a, b]) => [`${a}>${b}`, text(paths(a, b))]));
    return {
      winners: election.votes.length === 0 ? [] : winners,
      tally: { pairwise: pairwise.toJSON(), strongest_paths: strongest },
      why: `No option has a stronger path against ${winners.join(" and ")}`,
    };
  },
};

/** The strength of the strongest path from one option to another (Floyd-Warshall). */
export function strongestPaths(pairwise: Pairwise): (a: string, b: string) => Fraction {
  const { options } = pairwise;
  const strength = options.map((a) =>
    options.map((b) => (pairwise.margin(a, b).compare(0) > 0 ? pairwise.of(a, b) : zero)),
  );
  for (const [via] of options.entries())
    for (const [a] of options.entries())
      for (const [b] of options.entries()) {
        if (a === b || a === via || b === via) continue;
        const first = strength[a]![via]!;
        const second = strength[via]![b]!;
        const path = first.compare(second) < 0 ? first : second;
        if (path.compare(strength[a]![b]!) > 0) strength[a]![b] = path;
      }
  return (a, b) => strength[options.indexOf(a)]![options.indexOf(b)]!;
}
