/** The unknowns of linear equations, exactly: whole numbers over one denominator, which is positive. */
export interface Solution {
  readonly numerators: readonly bigint[];
  readonly denominator: bigint;
}

/**
 * Solves as many linear equations in whole numbers as there are unknowns, by Gauss-Jordan elimination
 * (exact, so any pivot that is not zero will do).
 * @param equations rows of coefficients, each followed by its right side
 * @returns the unknowns, or null when there is not exactly one solution
 */
export function solution(equations: readonly (readonly bigint[])[]): Solution | null {
  let rows = equations.map((row) => [...row]);
  let denominator = 1n;
  for (let column = 0; column < equations.length; column++) {
    const found = rows.findIndex((row, at) => at >= column && row[column] !== 0n);
    if (found < 0) return null;
    [rows[column], rows[found]] = [rows[found]!, rows[column]!];
    rows = pivoted(rows, column, column, denominator);
    denominator = rows[column]![column]!;
  }
  const sign = denominator < 0n ? -1n : 1n;
  const numerators = rows.map((row) => sign * row[equations.length]!);
  return { numerators, denominator: sign * denominator };
}

/**
 * Makes one column of a tableau zero but for the row of the pivot. Numbers stay whole, and as short as
 * the determinants that they are, for what divides all is taken out at once.
 *
 * Source: E. Bareiss, "Sylvester's identity and multistep integer-preserving Gaussian elimination",
 * Mathematics of Computation 22 (1968).
 * @param rows whole multiples of the tableau
 * @param multiple which multiple of it they are: the pivot before, at first 1
 * @returns the next tableau, whose multiple is the pivot
 */
export function pivoted(
  rows: readonly (readonly bigint[])[],
  row: number,
  column: number,
  multiple: bigint,
): bigint[][] {
  const own = rows[row]!;
  const pivot = own[column]!;
  return rows.map((other, at) => {
    if (at === row) return [...own];
    const factor = other[column]!;
    return other.map((value, index) => (value * pivot - factor * own[index]!) / multiple);
  });
}
