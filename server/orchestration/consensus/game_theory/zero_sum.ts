import Fraction from "fraction.js";
import { sum, written } from "../numbers.ts";
import { pivoted } from "./linear_system.ts";
import type { Payoffs } from "./nash.ts";
import { matrix } from "./rational.ts";

/** More strategies a player are refused by `zeroSum`. */
const MAX_SIDE = 20;

/**
 * The value of a game in which one player gets what the other loses, and a best mixed strategy of
 * each, by the simplex method on exact numbers.
 *
 * Source: G. Dantzig, "A proof of the equivalence of the programming problem and the game problem"
 * (1951), after J. von Neumann (1928); pivots by R. Bland, Mathematics of Operations Research 2
 * (1977), which cannot go round in circles.
 * @param payoffs what the row player gets
 * @returns the value to the row player, and one optimal strategy of each: there can be others
 * @throws RangeError when the table is empty, its rows differ in length, or a side is longer than
 *   MAX_SIDE
 */
export function zeroSum(payoffs: Payoffs): { value: string; row: string[]; column: string[] } {
  const table = matrix(payoffs);
  const [rows, columns] = [table.length, table[0]!.length];
  if (Math.max(rows, columns) > MAX_SIDE) {
    throw new RangeError(`At most ${MAX_SIDE} strategies a player`);
  }
  const [zero, one] = [new Fraction(0), new Fraction(1)];
  // With payoffs of at least one the value is positive, and the game is a linear program: the column
  // player's weights y maximise their sum while no row yields more than one.
  const smallest = table.flat().reduce((least, value) => (value.lt(least) ? value : least));
  const shift = one.sub(smallest);
  let tableau = [
    ...table.map((row, i) => [
      ...row.map((value) => value.add(shift)),
      ...table.map((_, slack) => (slack === i ? one : zero)),
      one,
    ]),
    [...table[0]!.map(() => one.neg()), ...table.map(() => zero), zero],
  ];
  const basis = table.map((_, i) => columns + i);
  for (;;) {
    const entering = tableau[rows]!.findIndex((cost, j) => j < columns + rows && cost.lt(0));
    if (entering < 0) break;
    const leaving = leavingRow(tableau, basis, entering);
    basis[leaving] = entering;
    tableau = pivoted(tableau, leaving, entering);
  }
  const costs = tableau[rows]!;
  const weights = costs.at(-1)!;
  const y = table[0]!.map((_, j) => tableau[basis.indexOf(j)]?.at(-1) ?? zero);
  const x = costs.slice(columns, columns + rows);
  const probabilities = (side: Fraction[]) => side.map((weight) => written(weight.div(sum(side))));
  return {
    value: written(one.div(weights).sub(shift)),
    row: probabilities(x),
    column: probabilities(y),
  };
}

/** The row that limits the entering variable most; of several, the one with the first variable. */
function leavingRow(
  tableau: readonly (readonly Fraction[])[],
  basis: readonly number[],
  entering: number,
): number {
  const ratio = (row: number) => tableau[row]!.at(-1)!.div(tableau[row]![entering]!);
  return basis
    .map((_, row) => row)
    .filter((row) => tableau[row]![entering]!.gt(0))
    .reduce((best, row) => {
      const order = ratio(row).compare(ratio(best)) || basis[row]! - basis[best]!;
      return order < 0 ? row : best;
    });
}
