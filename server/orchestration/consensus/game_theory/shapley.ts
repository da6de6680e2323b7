import Fraction from "fraction.js";
import { sum, written } from "../numbers.ts";
import { type Rational, rational } from "./rational.ts";

/** More players are refused by `shapleyValue`: it looks at every coalition. */
const MAX_PLAYERS = 12;

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
  const worths = coalitions(players).map((members) =>
    members.length === 0 ? new Fraction(0) : rational(worth(members)),
  );
  const sizes = coalitions(players).map(({ length }) => length);
  const shares = players.map((_, size) => orderShare(size, players.length));
  return Object.fromEntries(
    players.map((player, position) => {
      const bit = 1 << position;
      const gains = worths.flatMap((before, without) =>
        without & bit ? [] : [worths[without | bit]!.sub(before).mul(shares[sizes[without]!]!)],
      );
      return [player, written(sum(gains))];
    }),
  );
}

/** All subsets of some names; position p is in the subset at index i when bit p of i is set. */
const coalitions = (names: readonly string[]): string[][] =>
  Array.from({ length: 2 ** names.length }, (_, index) =>
    names.filter((_, position) => index & (1 << position)),
  );

/**
 * The share of all orders of `players` players in which a player joins exactly `before` given ones:
 * before! (players - 1 - before)! / players!
 */
export function orderShare(before: number, players: number): Fraction {
  let share = new Fraction(1, players);
  // 1 / (players × C(players - 1, before))
  for (let k = 1; k <= before; k++) share = share.mul(k, players - k);
  return share;
}
