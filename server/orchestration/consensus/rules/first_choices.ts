import type Fraction from "fraction.js";
import { zero } from "../numbers.ts";
import type { Election } from "../types.ts";

/** Weight of the votes for each option, in the order of the options, where a choice is one option. */
export function firstChoices({ question, votes }: Pick<Election, "question" | "votes">) {
  const tally = new Map<string, Fraction>(question.options.map((option) => [option, zero]));
  for (const { choice, weight } of votes) {
    const before = tally.get(choice as string);
    if (before) tally.set(choice as string, before.add(weight));
  }
  return tally;
}
