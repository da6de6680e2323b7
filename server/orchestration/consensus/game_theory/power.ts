import Fraction from "fraction.js";
import { inUnits, wholeSum, written } from "../numbers.ts";
import { type Rational, rational } from "./rational.ts";
import { factorial, ordersWith } from "./shapley.ts";

/** More voters are refused: every coalition is looked at. */
export const MAX_VOTERS = 16;

/** A vote by weights: a coalition wins when its weights add up to the quota or more. */
export interface WeightedVote {
  readonly quota: Rational;
  /** Voter → weight, not negative. */
  readonly weights: Readonly<Record<string, Rational>>;
}

/**
 * The Shapley-Shubik index of power: in what share of all orders of voters each is the one who makes
 * the coalition win.
 *
 * Source: L. Shapley and M. Shubik, "A method for evaluating the distribution of power in a committee
 * system", American Political Science Review 48 (1954).
 * @returns voter → share; all add up to 1, or are 0 when all voters together do not win
 * @throws RangeError when there are more than MAX_VOTERS, or the quota is not positive
 */
export function shapleyShubik(vote: WeightedVote): Record<string, string> {
  const swings = swingsOf(vote);
  const voters = Object.keys(vote.weights);
  const orders = voters.map((_, before) => ordersWith(before, voters.length));
  return Object.fromEntries(
    voters.map((voter, position) => {
      const pivotal = wholeSum(
        swings[position]!.map((count, size) => BigInt(count) * orders[size]!),
      );
      return [voter, written(new Fraction(pivotal, factorial(voters.length)))];
    }),
  );
}

/**
 * The Banzhaf index of power, normalised: each voter's share of all swings, which are pairs of a
 * winning coalition and a member without whom it does not win.
 *
 * Source: J. Banzhaf, "Weighted voting doesn't work: a mathematical analysis", Rutgers Law Review 19
 * (1965).
 * @returns voter → their share and their number of swings; all shares add up to 1, or are 0 when all
 *   voters together do not win
 * @throws RangeError when there are more than MAX_VOTERS, or the quota is not positive
 */
export function banzhaf(vote: WeightedVote): Record<string, { index: string; swings: number }> {
  const counts = swingsOf(vote).map((sizes) => sizes.reduce((total, count) => total + count, 0));
  const all = counts.reduce((total, count) => total + count, 0);
  return Object.fromEntries(
    Object.keys(vote.weights).map((voter, position) => {
      const swings = counts[position]!;
      return [voter, { index: written(new Fraction(swings, all || 1)), swings }];
    }),
  );
}

/** For each voter, by the number of others: how many losing coalitions of others they make win. */
function swingsOf({ quota, weights }: WeightedVote): number[][] {
  const exact = Object.values(weights).map(rational);
  const needed = rational(quota);
  if (exact.length > MAX_VOTERS) throw new RangeError(`At most ${MAX_VOTERS} voters`);
  if (needed.lte(0)) throw new RangeError("The quota must be positive");
  // Whole numbers in the same proportion are as exact as fractions, and much faster to add.
  const [goal, ...whole] = inUnits([needed, ...exact]).units as [bigint, ...bigint[]];
  const swings = whole.map(() => whole.map(() => 0));
  const totals = [0n];
  const sizes = [0];
  for (const weight of whole) {
    totals.push(...totals.map((total) => total + weight));
    sizes.push(...sizes.map((size) => size + 1));
  }
  for (const [coalition, total] of totals.entries()) {
    if (total >= goal) continue;
    for (const [position, weight] of whole.entries()) {
      if (coalition & (1 << position) || total + weight < goal) continue;
      swings[position]![sizes[coalition]!]!++;
    }
  }
  return swings;
}
