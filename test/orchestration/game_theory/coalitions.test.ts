import { expect } from "chai";
import fc from "fast-check";
import {
  banzhaf,
  shapleyShubik,
} from "../../../server/orchestration/consensus/game_theory/power.ts";
import { rational } from "../../../server/orchestration/consensus/game_theory/rational.ts";
import { shapleyValue } from "../../../server/orchestration/consensus/game_theory/shapley.ts";
import { sum, written } from "../../../server/orchestration/consensus/numbers.ts";

const PLAYERS = ["ada", "bob", "cem", "dia"];
const worths = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 16, maxLength: 16 });
const bits = (coalition: readonly string[]) =>
  sum(coalition.map((player) => rational(2 ** PLAYERS.indexOf(player)))).valueOf();
const total = (values: Record<string, string>) => written(sum(Object.values(values).map(rational)));

describe("coalitions", () => {
  it("Shapley values add up to what all are worth", () => {
    fc.assert(
      fc.property(worths, (worth) => {
        const values = shapleyValue(PLAYERS, (coalition) => worth[bits(coalition)]!);
        expect(total(values)).to.equal(`${worth[15]}`);
      }),
    );
  });

  it("players who add the same have the same value, and who adds nothing has none", () => {
    fc.assert(
      fc.property(worths, (worth) => {
        const values = shapleyValue(PLAYERS, (coalition) => {
          const has = (player: string) => (coalition.includes(player) ? 1 : 0);
          // By how many of Ada and Bob there are, and whether Cem is; Dia changes nothing.
          return worth[4 * (has("ada") + has("bob")) + has("cem")]! - worth[0]!;
        });
        expect(values.ada).to.equal(values.bob);
        expect(values.dia).to.equal("0");
      }),
    );
  });

  it("the value of two games played at once is the sum of both", () => {
    fc.assert(
      fc.property(worths, worths, (a, b) => {
        const of = (worth: (at: number) => number) =>
          shapleyValue(PLAYERS, (coalition) => worth(bits(coalition)));
        const [first, second, both] = [
          of((i) => a[i]!),
          of((i) => b[i]!),
          of((i) => a[i]! + b[i]!),
        ];
        for (const player of PLAYERS) {
          const added = rational(first[player]!).add(rational(second[player]!));
          expect(both[player]).to.equal(written(added));
        }
      }),
    );
  });

  it("power is the Shapley value of who wins, and all of it adds up to 1", () => {
    const weights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 36 }), ([a, b, c, d], quota) => {
        const vote = { quota, weights: { ada: a!, bob: b!, cem: c!, dia: d! } };
        const weigh = (names: readonly string[]) =>
          names.reduce((all, name) => all + vote.weights[name as "ada"], 0);
        const power = shapleyShubik(vote);
        expect(power).to.deep.equal(
          shapleyValue(PLAYERS, (coalition) => (weigh(coalition) >= quota ? 1 : 0)),
        );
        const shares = Object.values(banzhaf(vote)).map(({ index }) => rational(index));
        expect(written(sum(shares))).to.equal(weigh(PLAYERS) >= quota ? "1" : "0");
      }),
    );
  });

  it("fractions of weight count exactly: a third three times is one", () => {
    const weights = { a: "1/3", b: "1/3", c: "1/3" };
    expect(banzhaf({ quota: 1, weights }).a).to.deep.equal({ index: "1/3", swings: 1 });
    expect(banzhaf({ quota: "1.000000000000001", weights }).a!.swings).to.equal(0);
  });

  it("more players than can be looked at are refused", () => {
    const many = Array.from({ length: 17 }, (_, player) => `p${player}`);
    const weights = Object.fromEntries(many.map((voter) => [voter, 1]));
    expect(() => shapleyValue(many, () => 0)).to.throw(RangeError);
    expect(() => shapleyShubik({ quota: 1, weights })).to.throw(RangeError);
    expect(() => banzhaf({ quota: 0, weights: { a: 1 } })).to.throw(RangeError);
  });
});
