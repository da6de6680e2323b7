import Fraction from "fraction.js";

/**
 * Solves as many linear equations as there are unknowns, by Gauss-Jordan elimination (exact, so any
 * pivot that is not zero will do).
 * @param equations rows of coefficients, each followed by its right side
 * @returns the unknowns, or null when there is not exactly one solution
 */
export function solution(equations: readonly (readonly Fraction[])[]): Fraction[] | null {
  let rows = equations.map((row) => [...row]);
  for (let column = 0; column < equations.length; column++) {
    const found = rows.findIndex((row, at) => at >= column && !row[column]!.equals(0));
    if (found < 0) return null;
    [rows[column], rows[found]] = [rows[found]!, rows[column]!];
    rows = pivoted(rows, column, column);
  }
  return rows.map((row) => row[equations.length] ?? new Fraction(0));
}

/** Makes one column of a tableau zero but for a one in the row of the pivot. */
export function pivoted(
  rows: readonly (readonly Fraction[])[],
  row: number,
  column: number,
): Fraction[][] {
  const pivot = rows[row]![column]!;
  const scaled = rows[row]!.map((value) => value.div(pivot));
  return rows.map((other, at) => {
    if (at === row) return scaled;
    const factor = other[column]!;
    if (factor.equals(0)) return [...other];
    return other.map((value, index) => value.sub(factor.mul(scaled[index]!)));
  });
}
