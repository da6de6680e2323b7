import { ranking } from "../choices.ts";
import type { Rule } from "../types.ts";
import { checkPairs, Pairwise } from "./pairwise.ts";
import { Reach } from "./reach.ts";

/** One option beats another; options by their place. */
interface Victory {
  readonly a: number;
  readonly b: number;
  readonly votes: bigint;
  readonly against: bigint;
}

type Lock = "locked" | "left_out" | "tied";

/**
 * Victories are locked in from the strongest by winning votes, but for those that would close a circle
 * (Tideman 1987); of equally strong ones that with fewer votes against it goes first. Where the order of
 * victories that are equal in both could matter, they are tied: whoever may win then is a winner. The
 * first of these is who wins when victories between options that are named first go first.
 */
export const rankedPairs: Rule = {
  check: ranking,
  checkQuestion: checkPairs,
  count(election) {
    const pairwise = new Pairwise(election);
    const { options } = pairwise;
    const victories = victoriesIn(pairwise);
    const locks = locked(victories, options.length);
    const standing = unbeaten(
      options,
      victories.filter((one) => locks.get(one) === "locked"),
    );
    const first = unbeaten(options, lockedInOrder(victories, options.length)).slice(0, 1);
    const winners = [...new Set([...first, ...standing])];
    const rounds = victories.map((victory) => ({
      victory: pairwise.pair(options[victory.a]!, options[victory.b]!),
      votes: pairwise.text(victory.votes),
      result: locks.get(victory)!,
    }));
    return {
      winners: election.votes.length === 0 ? [] : winners,
      tally: pairwise.toJSON(),
      rounds,
      why: `Nothing that is surely locked in beats ${winners.join(" or ")}`,
    };
  },
};

/** All victories, the strongest first; equally strong ones in the order of the options. */
function victoriesIn(pairwise: Pairwise): Victory[] {
  const { options } = pairwise;
  const all = options.flatMap((winner, a) =>
    options.map((loser, b) => {
      return { a, b, votes: pairwise.of(winner, loser), against: pairwise.of(loser, winner) };
    }),
  );
  return all.filter(({ votes, against }) => votes > against).sort(byStrength);
}

const byStrength = (x: Victory, y: Victory) =>
  Number(y.votes - x.votes) || Number(x.against - y.against);

/**
 * What becomes of each victory whatever the order of equally strong ones. In none is one left out that
 * closes no circle even when all that may be locked in are, and in none is one locked in that closes a
 * circle with those that surely are.
 */
function locked(victories: readonly Victory[], options: number): Map<Victory, Lock> {
  const locks = new Map<Victory, Lock>();
  const surely = new Reach(options);
  const possibly = new Reach(options);
  for (let start = 0; start < victories.length; ) {
    const next = victories.findIndex((one, at) => at > start && byStrength(victories[start]!, one));
    const equal = victories.slice(start, next < 0 ? victories.length : next);
    start += equal.length;
    const open = equal.filter(({ a, b }) => !surely.has(b, a));
    for (const { a, b } of open) possibly.add(a, b);
    for (const victory of equal) locks.set(victory, "left_out");
    for (const victory of open)
      locks.set(victory, possibly.has(victory.b, victory.a) ? "tied" : "locked");
    for (const victory of open)
      if (locks.get(victory) === "locked") surely.add(victory.a, victory.b);
  }
  return locks;
}

function lockedInOrder(victories: readonly Victory[], options: number): Victory[] {
  const reach = new Reach(options);
  return victories.filter(({ a, b }) => {
    const closes = reach.has(b, a);
    if (!closes) reach.add(a, b);
    return !closes;
  });
}

function unbeaten(options: readonly string[], victories: readonly Victory[]): string[] {
  const beaten = new Set(victories.map(({ b }) => b));
  return options.filter((_, place) => !beaten.has(place));
}
