import { expect } from "chai";
import fc from "fast-check";
import type Fraction from "fraction.js";
import { rational } from "../../../server/orchestration/consensus/game_theory/rational.ts";
import { secondPrice } from "../../../server/orchestration/consensus/game_theory/second_price.ts";
import {
  type Bid,
  clarkePivot,
  MAX_OUTCOMES,
  vcgAuction,
} from "../../../server/orchestration/consensus/game_theory/vcg.ts";

const ITEMS = ["lamp", "chair", "table"];
const worth = fc.integer({ min: 0, max: 20 });
const bids = fc.uniqueArray(
  fc.record({ items: fc.subarray(ITEMS, { minLength: 1 }), value: worth }),
  { maxLength: 4, selector: ({ items }) => items.join() },
);

/** What a bidder has in the end, by what they truly think of the items they get. */
function gain(
  truth: readonly Bid[],
  said: readonly Bid[],
  others: readonly Bid[][],
  weights?: readonly Fraction[],
) {
  const { allocations, payments } = vcgAuction([said, ...others], weights);
  const got = allocations[0]![0]!.join();
  const value = truth.find(({ items }) => items.join() === got)?.value ?? 0;
  return rational(value).sub(rational(payments[0]!));
}

describe("auctions", () => {
  it("VCG: nobody gains by saying anything but the truth, for bundles", () => {
    fc.assert(
      fc.property(bids, bids, fc.array(bids, { maxLength: 3 }), (truth, lie, others) => {
        expect(gain(truth, truth, others).gte(gain(truth, lie, others))).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it("VCG: nobody gains by saying anything but the truth, for options", () => {
    const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 3, maxLength: 3 });
    const gainOf = (truth: number[], said: number[], others: number[][]) => {
      const { tied, payments } = clarkePivot([said, ...others].map((row) => row.map(rational)));
      return rational(truth[tied[0]!]!).sub(rational(payments[0]!));
    };
    fc.assert(
      fc.property(values, values, fc.array(values, { maxLength: 4 }), (truth, lie, others) => {
        expect(gainOf(truth, truth, others).gte(gainOf(truth, lie, others))).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it("VCG: nobody gains by saying anything but the truth, also where some weigh more", () => {
    const weight = fc.constantFrom("1/3", "1", "5/2", "20").map(rational);
    const two = fc.tuple(weight, weight);
    const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(two, bids, bids, bids, (weights, truth, lie, other) => {
        const honest = gain(truth, truth, [other], weights);
        expect(honest.gte(gain(truth, lie, [other], weights))).to.equal(true);
      }),
    );
    const gainOf = (truth: number[], said: number[], other: number[], weights: Fraction[]) => {
      const rows = [said, other].map((row) => row.map(rational));
      const { tied, payments } = clarkePivot(rows, weights);
      return rational(truth[tied[0]!]!).sub(rational(payments[0]!));
    };
    fc.assert(
      fc.property(two, values, values, values, (weights, truth, lie, other) => {
        const honest = gainOf(truth, truth, other, weights);
        expect(honest.gte(gainOf(truth, lie, other, weights))).to.equal(true);
      }),
    );
  });

  it("VCG: an allocation is what trying all of them finds, whatever is bid twice", () => {
    const repeated = fc.array(
      fc.record({
        items: fc.shuffledSubarray(ITEMS, { minLength: 1 }),
        value: fc.integer({ min: 0, max: 2 }),
      }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(fc.array(repeated, { minLength: 1, maxLength: 4 }), (all) => {
        const best = (from: number, taken: readonly string[]): number => {
          const own = all[from];
          if (!own) return 0;
          const granted = own
            .filter(({ items }) => !items.some((item) => taken.includes(item)))
            .map(({ items, value }) => value + best(from + 1, [...taken, ...items]));
          return Math.max(best(from + 1, taken), ...granted);
        };
        const { allocations, welfare } = vcgAuction(all);
        expect(welfare).to.equal(`${best(0, [])}`);
        const sold = allocations.map((items) =>
          items.map((own) => own.toSorted().join()).join(";"),
        );
        expect(new Set(sold).size).to.equal(sold.length);
      }),
    );
  });

  it("VCG: who says the truth never loses by taking part, and pays nothing for nothing", () => {
    fc.assert(
      fc.property(fc.array(bids, { minLength: 1, maxLength: 4 }), (all) => {
        const { allocations, payments } = vcgAuction(all);
        for (const [bidder, own] of all.entries()) {
          const items = allocations[0]![bidder]!.join();
          const value = own.find((bid) => bid.items.join() === items)?.value ?? 0;
          const price = rational(payments[bidder]!);
          expect(price.gte(0) && price.lte(rational(value))).to.equal(true);
        }
      }),
    );
  });

  it("VCG sells one thing at the second price", () => {
    fc.assert(
      fc.property(fc.array(worth, { minLength: 1, maxLength: 5 }), (amounts) => {
        const { payments } = vcgAuction(amounts.map((value) => [{ items: ["lamp"], value }]));
        const { price } = secondPrice(
          Object.fromEntries(amounts.map((amount, bidder) => [`b${bidder}`, amount])),
        );
        const paid = payments.filter((payment) => payment !== "0");
        expect(paid).to.deep.equal(price === "0" ? [] : [price]);
      }),
    );
  });

  it("VCG refuses more allocations than it may look at", () => {
    const many = Array.from({ length: 14 }, (_, item) => [{ items: [`${item}`], value: 1 }]);
    expect(() => vcgAuction(many)).to.throw(RangeError, `${MAX_OUTCOMES}`);
  });

  it("all who bid most are winners, and pay their own bid; alone one pays nothing", () => {
    expect(secondPrice({ a: "0.1", b: "1/10", c: 0 })).to.deep.equal({
      winners: ["a", "b"],
      price: "1/10",
    });
    expect(secondPrice({ a: 7 })).to.deep.equal({ winners: ["a"], price: "0" });
    expect(() => secondPrice({})).to.throw(RangeError);
  });
});
