// The file names games whose numbers it leaves to its sources: they are here, or in the case's name.

import { shapleyShubik } from "../server/orchestration/consensus/game_theory/power.ts";
import type { Rational } from "../server/orchestration/consensus/game_theory/rational.ts";
import { shapleyValue } from "../server/orchestration/consensus/game_theory/shapley.ts";
import { type Bid, vcgAuction } from "../server/orchestration/consensus/game_theory/vcg.ts";

/**
 * Runs the auction of a case.
 * @param name such as `two_apples`, or `kellogg_150_150_200`: two want a thing each, the third both
 * @returns bidder → payment, and the welfare; undefined for a name that is not known
 */
export function auctionOf(name: string) {
  const bids = bidsOf(name);
  if (!bids) return undefined;
  const { payments, welfare } = vcgAuction(Object.values(bids));
  const byBidder = Object.fromEntries(
    Object.keys(bids).map((bidder, position) => [bidder, payments[position]!]),
  );
  return { payments: byBidder, welfare };
}

function bidsOf(name: string): Record<string, Bid[]> | undefined {
  if (name === "two_apples") {
    const either = (value: number) => ["first", "second"].map((item) => ({ items: [item], value }));
    return { A: either(5), B: either(2), C: [{ items: ["first", "second"], value: 6 }] };
  }
  const [, first, second, both] = /^kellogg_(\d+)_(\d+)_(\d+)$/.exec(name) ?? [];
  return both === undefined
    ? undefined
    : {
        1: [{ items: ["x"], value: first! }],
        2: [{ items: ["y"], value: second! }],
        3: [{ items: ["x", "y"], value: both }],
      };
}

/**
 * Computes the Shapley value of a case.
 * @param name `airport_` and what each one's runway costs, `glove_game_` and each one's glove (L or
 *   R), or `ss_` and a quota and weights
 * @returns player → value; undefined for a name that is not known
 */
export function shapleyOf(name: string): Record<string, string> | undefined {
  const [, kind, list] = /^(airport|glove_game|ss)_(\w+)$/.exec(name) ?? [];
  const given = list?.split("_") ?? [];
  const players = given.map((_, position) => `${position + 1}`);
  const of = (player: string) => given[Number(player) - 1]!;
  const value = (worth: (coalition: readonly string[]) => Rational) => shapleyValue(players, worth);
  switch (kind) {
    case "airport":
      return value((coalition) => Math.max(...coalition.map((player) => Number(of(player)))));
    case "glove_game": {
      const gloves = (coalition: readonly string[], hand: string) =>
        coalition.filter((player) => of(player) === hand).length;
      return value((coalition) => Math.min(gloves(coalition, "L"), gloves(coalition, "R")));
    }
    case "ss": {
      const [quota, ...weights] = given;
      const named = weights.map((weight, position) => [`P${position + 1}`, weight] as const);
      return shapleyShubik({ quota: quota!, weights: Object.fromEntries(named) });
    }
    default:
      return undefined;
  }
}
