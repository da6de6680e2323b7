import Fraction from "fraction.js";
import { sum, written } from "../numbers.ts";
import { solution } from "./linear_system.ts";
import { matrix, positionsOfLargest, type Rational, transposed } from "./rational.ts";

/** Payoffs of one player: a row for each strategy of the row player, a column for each of the other's. */
export type Payoffs = readonly (readonly Rational[])[];

/** How probably each strategy of the row player, and of the column player, is played. */
export type Profile = readonly [row: readonly string[], column: readonly string[]];

type Exact = readonly (readonly Fraction[])[];

/** More strategies a player are refused: all supports are looked at. */
const MAX_STRATEGIES = 6;

/**
 * Equilibria in pure strategies: neither player gains by changing alone (Nash 1951).
 * @returns pairs of strategies, counted from 0
 * @throws RangeError when the tables do not fit each other
 */
export function pureEquilibria(row: Payoffs, column: Payoffs): [number, number][] {
  const [own, others] = game(row, column);
  const bestRows = transposed(own).map(positionsOfLargest);
  return others.flatMap((payoffs, i) =>
    positionsOfLargest(payoffs)
      .filter((j) => bestRows[j]!.includes(i))
      .map((j): [number, number] => [i, j]),
  );
}

/**
 * Equilibria in mixed strategies, the pure ones among them, by enumeration of supports of equal size
 * (B. von Stengel in Nisan et al. 2007, "Algorithmic Game Theory", algorithm 3.4), exactly. A game is
 * degenerate when some mixed strategy has more best responses than strategies in its support
 * (definition 3.2): then there may be other equilibria, even infinitely many.
 * @returns the equilibria, small supports first, and whether the game is degenerate
 * @throws RangeError when the tables do not fit each other, or a player has more than MAX_STRATEGIES
 */
export function equilibria(
  row: Payoffs,
  column: Payoffs,
): { equilibria: Profile[]; degenerate: boolean } {
  const [own, others] = game(row, column);
  const [toRow, toColumn] = [own, transposed(others)];
  const [rows, columns] = [own.length, own[0]!.length];
  if (Math.max(rows, columns) > MAX_STRATEGIES) {
    throw new RangeError(`At most ${MAX_STRATEGIES} strategies a player`);
  }
  const found: Profile[] = [];
  let degenerate = false;
  for (let size = 1; size <= Math.min(rows, columns); size += 1) {
    for (const I of subsets(rows, size)) {
      for (const J of subsets(columns, size)) {
        const x = mix(toColumn, J, I);
        const y = mix(toRow, I, J);
        // Every corner of the best responses' regions is met here, and a game is degenerate
        // exactly when too many of them meet in one.
        degenerate ||= (x?.responses ?? 0) > size || (y?.responses ?? 0) > size;
        if (x && y) found.push([x.strategy.map(written), y.strategy.map(written)]);
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

/**
 * The one mixed strategy with exactly this support against which all of `own` are best responses.
 * @param payoffs of the player who responds: a row for each of their own strategies
 * @returns it and how many best responses there are in all; null if there is none, or not just one
 */
function mix(
  payoffs: Exact,
  own: readonly number[],
  support: readonly number[],
): { strategy: Fraction[]; responses: number } | null {
  const [zero, one] = [new Fraction(0), new Fraction(1)];
  // Unknown are the weights of the support, and what each of `own` yields against them.
  const solved = solution([
    ...own.map((i) => [...support.map((j) => payoffs[i]![j]!), one.neg(), zero]),
    [...support.map(() => one), zero, one],
  ]);
  if (!solved || support.some((_, at) => solved[at]!.lte(0))) return null;
  const strategy = payoffs[0]!.map((_, j) => {
    const at = support.indexOf(j);
    return at < 0 ? zero : solved[at]!;
  });
  const best = positionsOfLargest(
    payoffs.map((row) => sum(row.map((payoff, j) => payoff.mul(strategy[j]!)))),
  );
  return own.every((i) => best.includes(i)) ? { strategy, responses: best.length } : null;
}

function subsets(count: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  const all: number[][] = [];
  for (let first = from; first <= count - size; first += 1) {
    for (const rest of subsets(count, size - 1, first + 1)) all.push([first, ...rest]);
  }
  return all;
}
