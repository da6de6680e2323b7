import Fraction from "fraction.js";
import { greatest, wholeSum, written } from "../numbers.ts";
import { pivoted } from "./linear_system.ts";
import type { Payoffs } from "./nash.ts";
import { matrix, tableInUnits } from "./rational.ts";

/** More strategies a player are refused by `zeroSum`. */
export const MAX_SIDE = 16;

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
  const { units: table, perOne } = tableInUnits(matrix(payoffs));
  const [rows, columns] = [table.length, table[0]!.length];
  if (Math.max(rows, columns) > MAX_SIDE) {
    throw new RangeError(`At most ${MAX_SIDE} strategies a player`);
  }
  // With payoffs of at least one the value is positive, and the game is a linear program: the column
  // player's weights y maximise their sum while no row yields more than one.
  const shift = perOne + greatest(table.flat().map((value) => -value))!;
  let tableau = [
    ...table.map((row, i) => [
      ...row.map((value) => value + shift),
      ...table.map((_, slack) => (slack === i ? 1n : 0n)),
      1n,
    ]),
    [...table[0]!.map(() => -1n), ...table.map(() => 0n), 0n],
  ];
  let multiple = 1n;
  const basis = table.map((_, i) => columns + i);
  for (;;) {
    const entering = tableau[rows]!.findIndex((cost, j) => j < columns + rows && cost < 0n);
    if (entering < 0) break;
    const leaving = leavingRow(tableau, basis, entering);
    basis[leaving] = entering;
    tableau = pivoted(tableau, leaving, entering, multiple);
    multiple = tableau[leaving]![entering]!;
  }
  const costs = tableau[rows]!;
  const weights = costs.at(-1)!;
  const y = table[0]!.map((_, j) => tableau[basis.indexOf(j)]?.at(-1) ?? 0n);
  const x = costs.slice(columns, columns + rows);
  const value = new Fraction(multiple, weights).sub(new Fraction(shift));
  return { value: written(value.div(perOne)), row: probabilities(x), column: probabilities(y) };
}

function probabilities(weights: readonly bigint[]): string[] {
  const all = wholeSum(weights);
  return weights.map((weight) => written(new Fraction(weight, all)));
}

/** The row that limits the entering variable most; of several, the one with the first variable. */
function leavingRow(
  tableau: readonly (readonly bigint[])[],
  basis: readonly number[],
  entering: number,
): number {
  const limits = [...basis.keys()].filter((row) => tableau[row]![entering]! > 0n);
  return limits.reduce((best, row) => {
    const [own, other] = [tableau[row]!, tableau[best]!];
    const before = own.at(-1)! * other[entering]!;
    const after = other.at(-1)! * own[entering]!;
    return before < after || (before === after && basis[row]! < basis[best]!) ? row : best;
  });
}
