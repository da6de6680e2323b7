import Fraction from "fraction.js";
import { greatest, inUnits, wholeSum, written } from "../numbers.ts";
import { type Rational, rational, tableInUnits, transposed } from "./rational.ts";

/** More outcomes than this are refused: each is looked at. */
export const MAX_OUTCOMES = 10_000;
/** More allocations that are worth the same are not listed. */
const MAX_LISTED = 100;

export interface Pivot {
  /** The positions of the outcomes that are worth most to all together; the first is chosen. */
  readonly tied: number[];
  readonly welfare: string;
  /** What each outcome is worth to all together. */
  readonly totals: string[];
  /** What each person pays, in their order. */
  readonly payments: string[];
}

/**
 * The Vickrey-Clarke-Groves mechanism with the Clarke pivot rule: what is worth most to all together
 * is done, and everyone pays what their presence takes from the others. To say the truth is best, also
 * where some weigh more than others: then what is taken is paid in one's own weight.
 *
 * Source: N. Nisan, "Introduction to mechanism design (for computer scientists)", in: Algorithmic
 * Game Theory (2007), definitions 9.16 and 9.19, and for weights proposition 9.31; after E. Clarke,
 * Public Choice 11 (1971).
 * @param values one row a person: what each outcome is worth to them
 * @param weights of the persons, positive; 1 unless told
 * @throws RangeError when there is nobody or nothing to choose from, or rows differ in length
 */
export function clarkePivot(
  values: readonly (readonly Fraction[])[],
  weights: readonly Fraction[] = equalWeights(values),
): Pivot {
  const outcomes = values[0]?.length ?? 0;
  if (outcomes === 0 || values.some((row) => row.length !== outcomes)) {
    throw new RangeError("Everybody must value every outcome, of which there is at least one");
  }
  const weighed = values.map((row, person) => row.map((value) => value.mul(weights[person]!)));
  const { units, perOne } = tableInUnits(weighed);
  const welfare = transposed(units).map(wholeSum);
  const most = greatest(welfare)!;
  const tied = positionsOf(most, welfare);
  const chosen = tied[0]!;
  const payments = units.map((own, person) => {
    const others = welfare.map((total, outcome) => total - own[outcome]!);
    const taken = new Fraction(greatest(others)! - others[chosen]!, perOne);
    return written(taken.div(weights[person]!));
  });
  const totals = welfare.map((total) => written(new Fraction(total, perOne)));
  return { tied, welfare: totals[chosen]!, totals, payments };
}

const equalWeights = (persons: readonly unknown[]) => persons.map(() => new Fraction(1));

const positionsOf = (number: bigint, numbers: readonly bigint[]): number[] =>
  numbers.flatMap((one, position) => (one === number ? position : []));

/** What some items together are worth to a bidder. */
export interface Bid {
  readonly items: readonly string[];
  readonly value: Rational;
}

export interface Auction {
  /** Allocations that are worth most, MAX_LISTED at the most, the chosen one first: the items of each bidder. */
  readonly allocations: readonly (readonly string[])[][];
  readonly welfare: string;
  /** What each bidder pays. */
  readonly payments: string[];
}

/**
 * A VCG auction of several items with bids for bundles, of which each bidder gets at most one (XOR
 * bids); of several bids of one bidder for the same items the highest counts. Of allocations worth the
 * same, the one is chosen that serves earlier bidders, by their earlier bids.
 *
 * Source: as for `clarkePivot`; the bids: N. Nisan, "Bidding and allocation in combinatorial
 * auctions" (2000).
 * @param bidders the bids of each, with values that are not negative; what nobody gets stays unsold
 * @param weights of the bidders, positive; 1 unless told
 * @throws RangeError when there is no bidder, or more than MAX_OUTCOMES allocations are possible
 */
export function vcgAuction(
  bidders: readonly (readonly Bid[])[],
  weights: readonly Fraction[] = equalWeights(bidders),
): Auction {
  if (bidders.length === 0) throw new RangeError("An auction needs a bidder");
  const { bundles, perOne } = bundlesOf(bidders, weights);
  const possible = possibleAllocations(bundles);
  const welfare = possible.map((granted) => wholeSum(granted.map(({ worth }) => worth)));
  const most = greatest(welfare)!;
  const tied = positionsOf(most, welfare).slice(0, MAX_LISTED);
  // Whoever gets nothing takes nothing from the others, and what they would do without a winner is here too.
  const payments = bidders.map(() => "0");
  for (const { bidder, worth } of possible[tied[0]!]!) {
    const without = welfare.filter((_, at) => possible[at]!.every((one) => one.bidder !== bidder));
    const taken = new Fraction(greatest(without)! - (most - worth), perOne);
    payments[bidder] = written(taken.div(weights[bidder]!));
  }
  const allocations = tied.map((at) => {
    const items = bidders.map((): readonly string[] => []);
    for (const granted of possible[at]!) items[granted.bidder] = granted.items;
    return items;
  });
  return { allocations, welfare: written(new Fraction(most, perOne)), payments };
}

/** What a bidder may be granted. */
interface Bundle {
  readonly bidder: number;
  readonly items: readonly string[];
  /** What it is worth to the bidder, by weight and in units. */
  readonly worth: bigint;
}

/** Every bundle that is worth something, once a bidder, in the order of the bidders and their bids. */
function bundlesOf(bidders: readonly (readonly Bid[])[], weights: readonly Fraction[]) {
  const wanted = bidders.flatMap((bids, bidder) => {
    const highest = new Map<string, { items: string[]; value: Fraction }>();
    for (const bid of bids) {
      const items = [...new Set(bid.items)];
      const key = JSON.stringify(items.toSorted());
      const before = highest.get(key);
      const value = rational(bid.value);
      if (value.gt(before?.value ?? 0)) highest.set(key, { items: before?.items ?? items, value });
    }
    return [...highest.values()].map(({ items, value }) => {
      return { bidder, items, worth: value.mul(weights[bidder]!) };
    });
  });
  const { units, perOne } = inUnits(wanted.map(({ worth }) => worth));
  const bundles = wanted.map((one, at): Bundle => ({ ...one, worth: units[at]! }));
  return { bundles, perOne };
}

/** Every way to grant each bidder one bundle or nothing, no item twice. */
function possibleAllocations(bundles: readonly Bundle[]): Bundle[][] {
  const found: Bundle[][] = [];
  const grant = (granted: Bundle[], possible: readonly Bundle[]) => {
    if (found.length + possible.length >= MAX_OUTCOMES) {
      throw new RangeError(`There are more than ${MAX_OUTCOMES} allocations to look at`);
    }
    for (const [at, one] of possible.entries()) {
      grant(
        [...granted, one],
        possible.slice(at + 1).filter((next) => mayFollow(one, next)),
      );
    }
    found.push(granted);
  };
  grant([], bundles);
  return found;
}

const mayFollow = ({ bidder, items }: Bundle, next: Bundle) =>
  next.bidder !== bidder && !next.items.some((item) => items.includes(item));
