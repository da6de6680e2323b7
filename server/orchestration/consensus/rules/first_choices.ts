import type Fraction from "fraction.js";
import { sum } from "../numbers.ts";
import type { Election } from "../types.ts";

/** Weight of the votes for each option, in the order of the options, where a choice is one option. */
export function firstChoices({ question, votes }: Pick<Election, "question" | "votes">) {
  return new Map<string, Fraction>(
    question.options.map((option) => [
      option,
      sum(votes.filter(({ choice }) => choice === option).map(({ weight }) => weight)),
    ]),
  );
}
