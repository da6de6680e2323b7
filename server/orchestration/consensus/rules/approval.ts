import { someOptions } from "../choices.ts";
import { leaders, sum, texts } from "../numbers.ts";
import type { Rule } from "../types.ts";

/** Each voter approves of as many as they like; most approvals win (Brams & Fishburn 1978). */
export const approval: Rule = {
  check: someOptions,
  extremes: ({ options }) => [...options.map((option) => [option]), []],
  count({ question, votes }) {
    const tally = new Map(
      question.options.map((option) => [
        option,
        sum(
          votes
            .filter(({ choice }) => (choice as string[]).includes(option))
            .map(({ weight }) => weight),
        ),
      ]),
    );
    const winners = leaders(tally);
    return {
      winners,
      tally: texts(tally),
      why: `${winners.join(" and ") || "Nobody"} has most approvals`,
    };
  },
};
