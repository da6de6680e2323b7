import Fraction from "fraction.js";
import { sum, written } from "../numbers.ts";
import { largest, positionsOfLargest, type Rational, rational, transposed } from "./rational.ts";

/** More outcomes than this are refused: each is looked at. */
export const MAX_OUTCOMES = 10_000;

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
 * is done, and everyone pays what their presence takes from the others. To say the truth is best.
 *
 * Source: N. Nisan, "Introduction to mechanism design (for computer scientists)", in: Algorithmic
 * Game Theory (2007), definitions 9.16 and 9.19; after E. Clarke, Public Choice 11 (1971).
 * @param values one row a person: what each outcome is worth to them
 * @throws RangeError when there is nobody or nothing to choose from, or rows differ in length
 */
export function clarkePivot(values: readonly (readonly Fraction[])[]): Pivot {
  const outcomes = values[0]?.length ?? 0;
  if (outcomes === 0 || values.some((row) => row.length !== outcomes)) {
    throw new RangeError("Everybody must value every outcome, of which there is at least one");
  }
  const welfare = transposed(values).map(sum);
  const tied = positionsOfLargest(welfare);
  const chosen = tied[0]!;
  const payments = values.map((own) => {
    const others = welfare.map((total, outcome) => total.sub(own[outcome]!));
    return written(largest(others).sub(others[chosen]!));
  });
  return { tied, welfare: written(welfare[chosen]!), totals: welfare.map(written), payments };
}

/** What some items together are worth to a bidder. */
export interface Bid {
  readonly items: readonly string[];
  readonly value: Rational;
}

export interface Auction {
  /** All allocations that are worth most, the chosen one first: the items of each bidder. */
  readonly allocations: readonly (readonly string[])[][];
  readonly welfare: string;
  /** What each bidder pays. */
  readonly payments: string[];
}

/**
 * A VCG auction of several items with bids for bundles, of which each bidder gets at most one (XOR
 * bids). Of allocations worth the same, the one is chosen that serves earlier bidders, by their
 * earlier bids.
 *
 * Source: as for `clarkePivot`; the bids: N. Nisan, "Bidding and allocation in combinatorial
 * auctions" (2000).
 * @param bidders the bids of each, with values that are not negative; what nobody gets stays unsold
 * @throws RangeError when there is no bidder, or more than MAX_OUTCOMES allocations are possible
 */
export function vcgAuction(bidders: readonly (readonly Bid[])[]): Auction {
  const grants = possibleGrants(bidders);
  const worth = bidders.map((bids) => bids.map(({ value }) => rational(value)));
  const values = worth.map((own, bidder) =>
    grants.map((granted) => own[granted[bidder]!] ?? new Fraction(0)),
  );
  const { tied, welfare, payments } = clarkePivot(values);
  const allocations = tied.map((outcome) =>
    bidders.map((bids, bidder) => bids[grants[outcome]![bidder]!]?.items ?? []),
  );
  return { allocations, welfare, payments };
}

const NOTHING = -1;

/** Every way to grant each bidder one bid or nothing, no item twice: each as positions of bids. */
function possibleGrants(bidders: readonly (readonly Bid[])[]): number[][] {
  const found: number[][] = [];
  const grant = (granted: number[], taken: ReadonlySet<string>) => {
    const bids = bidders[granted.length];
    if (!bids) {
      if (found.length === MAX_OUTCOMES) {
        throw new RangeError(`There are more than ${MAX_OUTCOMES} allocations to look at`);
      }
      found.push(granted);
      return;
    }
    for (const [position, { items, value }] of bids.entries()) {
      const wanted = rational(value).gt(0) && items.every((item) => !taken.has(item));
      if (wanted) grant([...granted, position], new Set([...taken, ...items]));
    }
    grant([...granted, NOTHING], taken);
  };
  grant([], new Set());
  return found;
}
