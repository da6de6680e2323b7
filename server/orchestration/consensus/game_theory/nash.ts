import Fraction from "fraction.js";
import { solution } from "./linear_system.ts";
import { matrix, type Rational, sum, transposed, written } from "./rational.ts";

/** Payoffs of one player: a row for each strategy of the row player, a column for each of the other's. */
export type Payoffs = readonly (readonly Rational[])[];

/** How probably each strategy of the row player, and of the column player, is played. */
export type Profile = readonly [row: readonly string[], column: readonly string[]];

type Exact = readonly (readonly Fraction[])[];

/** More strategies a player are refused: all supports are looked at. */
export const MAX_STRATEGIES = 8;

/**
 * Equilibria in pure strategies: neither player gains by changing alone (Nash 1951).
 * @returns pairs of strategies, counted from 0
 * @throws RangeError when the tables do not fit each other
 */
export function pureEquilibria(row: Payoffs, column: Payoffs): [number, number][] {
  const [own, others] = game(row, column);
  const isBest = (payoff: Fraction, all: readonly Fraction[]) =>
    all.every((other) => payoff.compare(other) >= 0);
  return own.flatMap((payoffs, i) =>
    payoffs.flatMap((payoff, j): [number, number][] => {
      const best = isBest(payoff, transposed(own)[j]!) && isBest(others[i]![j]!, others[i]!);
      return best ? [[i, j]] : [];
    }),
  );
}

/**
 * Equilibria in mixed strategies, the pure ones among them, by enumeration of supports of equal size
 * (Nisan et al. 2007, "Algorithmic Game Theory", algorithm 3.4), in exact arithmetic.
 * @returns the equilibria, and whether the game is degenerate: then there may be more, even infinitely
 *   many, since a player has more best responses than the other mixes strategies
 * @throws RangeError when the tables do not fit each other, or a player has more than 8 strategies
 */
export function equilibria(
  row: Payoffs,
  column: Payoffs,
): { equilibria: Profile[]; degenerate: boolean } {
  const [own, others] = game(row, column);
  const [rows, columns] = [own.length, own[0]!.length];
  if (Math.max(rows, columns) > MAX_STRATEGIES) {
    throw new RangeError(`At most ${MAX_STRATEGIES} strategies a player`);
  }
  const found: Profile[] = [];
  let degenerate = false;
  for (let size = 1; size <= Math.min(rows, columns); size += 1) {
    for (const I of subsets(rows, size)) {
      for (const J of subsets(columns, size)) {
        const y = mix(own, I, J, columns);
        const x = y && mix(transposed(others), J, I, rows);
        if (!x) continue;
        const toRow = bestResponses(own, y);
        const toColumn = bestResponses(transposed(others), x);
        if (!I.every((i) => toRow.includes(i)) || !J.every((j) => toColumn.includes(j))) continue;
        found.push([x.map(written), y.map(written)]);
        degenerate ||= toRow.length > size || toColumn.length > size;
      }
    }
  }
  return { equilibria: found, degenerate };
}

function game(row: Payoffs, column: Payoffs): [Exact, Exact] {
  const [own, others] = [matrix(row), matrix(column)];
  if (own.length === others.length && own[0]!.length === others[0]!.length) return [own, others];
  throw new RangeError("Both players' payoffs must be tables of one size");
}

/** Weights above 0 of the other's strategies that make one's own indifferent; null without any. */
function mix(
  payoffs: Exact,
  own: readonly number[],
  other: readonly number[],
  strategies: number,
): Fraction[] | null {
  const [zero, one] = [new Fraction(0), new Fraction(1)];
  const solved = solution([
    ...own.map((i) => [...other.map((j) => payoffs[i]![j]!), one.neg(), zero]),
    [...other.map(() => one), zero, one],
  ]);
  const weights = solved?.slice(0, other.length);
  if (!weights?.every((weight) => weight.compare(0) > 0)) return null;
  const mixed = Array.from({ length: strategies }, () => zero);
  for (const [at, strategy] of other.entries()) mixed[strategy] = weights[at]!;
  return mixed;
}

function bestResponses(payoffs: Exact, other: readonly Fraction[]): number[] {
  const expected = payoffs.map((row) => sum(row.map((payoff, j) => payoff.mul(other[j]!))));
  return [...expected.keys()].filter((i) =>
    expected.every((one) => expected[i]!.compare(one) >= 0),
  );
}

function subsets(count: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  const all: number[][] = [];
  for (let first = from; first <= count - size; first += 1) {
    for (const rest of subsets(count, size - 1, first + 1)) all.push([first, ...rest]);
  }
  return all;
}
