import Fraction from "fraction.js";
import { inUnits, wholeSum, written, zero } from "../numbers.ts";
import { type Rational, rational } from "./rational.ts";

/** More players are refused by `shapleyValue`: it looks at every coalition. */
export const MAX_PLAYERS = 12;

/**
 * The Shapley value: what each player adds, on average over all orders of joining.
 *
 * Source: L. Shapley, "A value for n-person games", in: Contributions to the Theory of Games II
 * (1953).
 * @param players names
 * @param worth what a coalition is worth; asked once for each that is not empty, names in the order
 *   of `players`. The empty one is worth nothing
 * @returns player → value; together they are worth what all players are
 * @throws RangeError when there are more than MAX_PLAYERS
 */
export function shapleyValue(
  players: readonly string[],
  worth: (coalition: readonly string[]) => Rational,
): Record<string, string> {
  if (players.length > MAX_PLAYERS) throw new RangeError(`At most ${MAX_PLAYERS} players`);
  const all = coalitions(players);
  const { units, perOne } = inUnits(
    all.map((members) => (members.length === 0 ? zero : rational(worth(members)))),
  );
  const orders = players.map((_, before) => ordersWith(before, players.length));
  const unitsInAllOrders = factorial(players.length) * perOne;
  return Object.fromEntries(
    players.map((player, position) => {
      const bit = 1 << position;
      const gains = units.flatMap((before, without) =>
        without & bit ? [] : (units[without | bit]! - before) * orders[all[without]!.length]!,
      );
      return [player, written(new Fraction(wholeSum(gains), unitsInAllOrders))];
    }),
  );
}

/** All subsets of some names; position p is in the subset at index i when bit p of i is set. */
const coalitions = (names: readonly string[]): string[][] =>
  Array.from({ length: 2 ** names.length }, (_, index) =>
    names.filter((_, position) => index & (1 << position)),
  );

/** In how many orders of `players` players one joins exactly `before` given ones. */
export const ordersWith = (before: number, players: number): bigint =>
  factorial(before) * factorial(players - 1 - before);

export const factorial = (n: number): bigint => (n === 0 ? 1n : BigInt(n) * factorial(n - 1));
