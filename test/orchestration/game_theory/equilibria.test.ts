import { expect } from "chai";
import fc from "fast-check";
import type Fraction from "fraction.js";
import {
  equilibria,
  type Profile,
  pureEquilibria,
} from "../../../server/orchestration/consensus/game_theory/nash.ts";
import {
  largest,
  matrix,
  rational,
  transposed,
} from "../../../server/orchestration/consensus/game_theory/rational.ts";
import { zeroSum } from "../../../server/orchestration/consensus/game_theory/zero_sum.ts";
import { sum, written } from "../../../server/orchestration/consensus/numbers.ts";

const payoff = fc.integer({ min: -4, max: 4 });
const size = fc.integer({ min: 1, max: 4 });
const table = (rows: number, columns: number) =>
  fc.array(fc.array(payoff, { minLength: columns, maxLength: columns }), {
    minLength: rows,
    maxLength: rows,
  });
const game = fc
  .tuple(size, size)
  .chain(([rows, columns]) => fc.tuple(table(rows, columns), table(rows, columns)));
const negative = (payoffs: number[][]) => payoffs.map((row) => row.map((value) => 0 - value));

/** What each of a player's own strategies (rows) yields against a mixture. */
const yields = (payoffs: readonly (readonly Fraction[])[], mixture: readonly string[]) =>
  payoffs.map((row) => sum(row.map((value, j) => value.mul(rational(mixture[j]!)))));

const mean = (values: readonly Fraction[], mixture: readonly string[]) =>
  sum(values.map((value, i) => value.mul(rational(mixture[i]!))));

/** Whether neither could gain by any strategy of their own, exactly. */
function isEquilibrium(row: number[][], column: number[][], [x, y]: Profile): boolean {
  const toRow = yields(matrix(row), y);
  const toColumn = yields(transposed(matrix(column)), x);
  return mean(toRow, x).equals(largest(toRow)) && mean(toColumn, y).equals(largest(toColumn));
}

describe("games of two players", () => {
  it("every equilibrium is a best response on both sides, and adds up to 1", () => {
    fc.assert(
      fc.property(game, ([row, column]) => {
        for (const profile of equilibria(row, column).equilibria) {
          expect(isEquilibrium(row, column, profile)).to.equal(true);
          for (const side of profile) expect(sum(side.map(rational)).equals(1)).to.equal(true);
        }
      }),
    );
  });

  it("a game that is not degenerate has an odd number of equilibria", () => {
    // R. Wilson, "Computing equilibria of n-person games" (1971).
    fc.assert(
      fc.property(game, ([row, column]) => {
        const found = equilibria(row, column);
        if (!found.degenerate) expect(found.equilibria.length % 2).to.equal(1);
      }),
    );
  });

  it("equilibria in pure strategies are those that no player leaves", () => {
    fc.assert(
      fc.property(game, ([row, column]) => {
        const pure = pureEquilibria(row, column);
        const one = (length: number, at: number) =>
          Array.from({ length }, (_, k) => (k === at ? "1" : "0"));
        const found = row.flatMap((line, i) =>
          line.flatMap((_, j) => {
            const profile: Profile = [one(row.length, i), one(line.length, j)];
            return isEquilibrium(row, column, profile) ? [[i, j]] : [];
          }),
        );
        expect(pure).to.deep.equal(found);
      }),
    );
  });

  it("a game is called degenerate also where no equilibrium shows it", () => {
    // Against the first row both columns are as good, but the second row is always better.
    expect(
      equilibria(
        [
          [0, 0],
          [1, 1],
        ],
        [
          [2, 2],
          [3, 1],
        ],
      ),
    ).to.deep.equal({
      equilibria: [
        [
          ["0", "1"],
          ["1", "0"],
        ],
      ],
      degenerate: true,
    });
  });

  it("the value of a zero-sum game is secured by both, and is what an equilibrium pays", () => {
    fc.assert(
      fc.property(
        fc.tuple(size, size).chain(([rows, columns]) => table(rows, columns)),
        (payoffs) => {
          const { value, row, column } = zeroSum(payoffs);
          const [ours, theirs] = [matrix(payoffs), transposed(matrix(negative(payoffs)))];
          expect(written(largest(yields(ours, column)))).to.equal(value);
          expect(written(largest(yields(theirs, row)).neg())).to.equal(value);
          expect(isEquilibrium(payoffs, negative(payoffs), [row, column])).to.equal(true);
          for (const [x, y] of equilibria(payoffs, negative(payoffs)).equilibria) {
            expect(written(mean(yields(ours, y), x))).to.equal(value);
          }
        },
      ),
    );
  });

  it("what payoffs are counted in changes no strategy, however many digits it takes", () => {
    const scaled = (payoffs: number[][], unit: Fraction) =>
      payoffs.map((row) => row.map((value) => written(unit.mul(value))));
    const units = ["1/97", "98765432109876/89", "0.000000000000001"].map(rational);
    fc.assert(
      fc.property(game, fc.constantFrom(...units), ([row, column], unit) => {
        const { value, ...strategies } = zeroSum(row);
        expect(zeroSum(scaled(row, unit))).to.deep.equal({
          ...strategies,
          value: written(unit.mul(rational(value))),
        });
        const found = equilibria(scaled(row, unit), scaled(column, unit.inverse()));
        expect(found).to.deep.equal(equilibria(row, column));
      }),
    );
  });

  it("tables that do not fit, and those that are too large, are refused", () => {
    const large = Array.from({ length: 17 }, () => [1]);
    expect(() => pureEquilibria([[1, 2]], [[1]])).to.throw(RangeError);
    expect(() => pureEquilibria([], [])).to.throw(RangeError);
    expect(() => equilibria(large, large)).to.throw(RangeError);
    expect(() => zeroSum(large)).to.throw(RangeError);
    expect(() => zeroSum([[1, 2], [3]])).to.throw(RangeError);
  });
});
