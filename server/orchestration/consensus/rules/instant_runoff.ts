import Fraction from "fraction.js";
import type { Json } from "../../../../contract/json.ts";
import { groupsOf, ranking } from "../choices.ts";
import { extremesOf, sum, texts } from "../numbers.ts";
import type { Election, Rule } from "../types.ts";

/**
 * The option with the fewest first places is struck from the ballots until one has more than half of
 * those that still rank somebody (Hare; Robert's Rules of Order, §45). Options tied for last are struck
 * together where all their places could not save one of them. Else they are told apart by the tie
 * rule: the one named last is struck, or nothing is decided.
 */
export const instantRunoff: Rule = {
  check: ranking,
  count(election) {
    const rounds: Json[] = [];
    let running = [...election.question.options];
    let tied: readonly string[] | undefined;
    for (;;) {
      const tally = firstPlaces(election, running);
      rounds.push(texts(tally));
      const leader = extremesOf(tally)[0];
      const cast = sum([...tally.values()]);
      if (leader === undefined || cast.equals(0)) {
        return { winners: [], tally: texts(tally), rounds, why: "No ballot ranks anybody" };
      }
      if (tally.get(leader)!.mul(2).compare(cast) > 0 || running.length === 1) {
        const why = `${leader} has more than half in round ${rounds.length}`;
        return { winners: [leader], ...(tied && { tied }), tally: texts(tally), rounds, why };
      }
      const last = extremesOf(tally, "least");
      const inOrder = election.config.tie_break === "option_order";
      // Of three, those who ranked the one that is struck may yet tell the others apart.
      if (last.length === running.length && (last.length === 2 || !inOrder)) {
        const why = `${last.join(" and ")} are tied`;
        return { winners: running, tally: texts(tally), rounds, why };
      }
      const isHopeless = cannotBeSaved(tally, last);
      if (last.length > 1 && !isHopeless) {
        tied ??= last;
        if (!inOrder) {
          const why = `${last.join(" and ")} are tied for last in round ${rounds.length}`;
          return { winners: [], tied, tally: texts(tally), rounds, why };
        }
      }
      const struck = isHopeless ? last : last.slice(-1);
      running = running.filter((option) => !struck.includes(option));
    }
  },
};

/** Whether the last have fewer first places together than each of the others, if there are any. */
function cannotBeSaved(tally: ReadonlyMap<string, Fraction>, last: readonly string[]): boolean {
  const together = tally.get(last[0]!)!.mul(last.length);
  const others = [...tally].filter(([option]) => !last.includes(option));
  return others.length > 0 && others.every(([, votes]) => together.compare(votes) < 0);
}

/** First places among the options still running; tied ones share a ballot. */
function firstPlaces({ question, votes }: Election, running: readonly string[]) {
  const tally = new Map(running.map((option) => [option, new Fraction(0)]));
  for (const { choice, weight } of votes) {
    const ranked = (choice as (string | string[])[]).flat();
    const first = groupsOf(choice, question)
      .map((group) => group.filter((option) => tally.has(option) && ranked.includes(option)))
      .find((group) => group.length > 0);
    for (const option of first ?? []) {
      tally.set(option, tally.get(option)!.add(weight.div(first!.length)));
    }
  }
  return tally;
}
