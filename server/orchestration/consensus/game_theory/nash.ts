import Fraction from "fraction.js";
import { wholeSum, written } from "../numbers.ts";
import { type Solution, solution } from "./linear_system.ts";
import { matrix, positionsOfLargest, type Rational, tableInUnits, transposed } from "./rational.ts";

/** Payoffs of one player: a row for each strategy of the row player, a column for each of the other's. */
export type Payoffs = readonly (readonly Rational[])[];

/** How probably each strategy of the row player, and of the column player, is played. */
export type Profile = readonly [row: readonly string[], column: readonly string[]];

type Exact = readonly (readonly Fraction[])[];
type Whole = readonly (readonly bigint[])[];

/** More strategies a player are refused: all supports are looked at. */
export const MAX_STRATEGIES = 6;

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
  const toRow = tableInUnits(own).units;
  const toColumn = tableInUnits(transposed(others)).units;
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
        if (x && y) found.push([strategyOf(x, rows, I), strategyOf(y, columns, J)]);
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

/** The one mixed strategy with some support, and how many best responses there are to it. */
interface Mix {
  readonly weights: Solution;
  readonly responses: number;
}

/**
 * Finds the strategy with exactly this support against which all of `own` are best responses.
 * @param payoffs of the player who responds, in units: a row for each of their own strategies
 * @returns null if there is none, or not just one
 */
function mix(payoffs: Whole, own: readonly number[], support: readonly number[]): Mix | null {
  // Unknown are the weights of the support, and what each of `own` yields against them.
  const weights = solution([
    ...own.map((i) => [...support.map((j) => payoffs[i]![j]!), -1n, 0n]),
    [...support.map(() => 1n), 0n, 1n],
  ]);
  if (!weights || support.some((_, at) => weights.numerators[at]! <= 0n)) return null;
  const yields = payoffs.map((row) =>
    wholeSum(support.map((j, at) => row[j]! * weights.numerators[at]!)),
  );
  const best = yields[own[0]!]!;
  if (yields.some((one) => one > best) || own.some((i) => yields[i] !== best)) return null;
  return { weights, responses: yields.filter((one) => one === best).length };
}

/** The probability of each of a player's strategies, of which some are the support. */
function strategyOf(
  { weights: { numerators, denominator } }: Mix,
  strategies: number,
  support: readonly number[],
): string[] {
  const strategy = Array<string>(strategies).fill("0");
  for (const [at, j] of support.entries()) {
    strategy[j] = written(new Fraction(numerators[at]!, denominator));
  }
  return strategy;
}

function subsets(count: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  const all: number[][] = [];
  for (let first = from; first <= count - size; first += 1) {
    for (const rest of subsets(count, size - 1, first + 1)) all.push([first, ...rest]);
  }
  return all;
}
