import { expect } from "chai";
import fc from "fast-check";
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
function gain(truth: readonly Bid[], said: readonly Bid[], others: readonly Bid[][]) {
  const { allocations, payments } = vcgAuction([said, ...others]);
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
