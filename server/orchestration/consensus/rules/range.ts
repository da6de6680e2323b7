import Fraction from "fraction.js";
import type { RuleConfig } from "../../../../contract/mechanism_config.ts";
import { extremesOf, sum, texts } from "../numbers.ts";
import type { Rule } from "../types.ts";

type Config = Extract<RuleConfig, { rule: "range" }>;

/** Each voter scores each option; the highest sum wins (range or score voting, Smith 2000). */
export const range: Rule<Config> = {
  check(choice, { options }, { min = 0, max = 10 }) {
    const scores = Object.entries(typeof choice === "object" && choice ? choice : {});
    const right = scores.every(
      ([option, score]) => options.includes(option) && isExact(score) && isIn(score, min, max),
    );
    return scores.length > 0 && !Array.isArray(choice) && right
      ? null
      : `must be scores from ${min} to ${max} by option, as whole numbers or decimal strings`;
  },
  count({ question, votes, config }) {
    // An option without a score has the least one.
    const scoreOf = (choice: unknown, option: string) => {
      const scores = choice as Record<string, string | number>;
      return new Fraction(Object.hasOwn(scores, option) ? scores[option]! : (config.min ?? 0));
    };
    const tally = new Map(
      question.options.map((option) => [
        option,
        sum(votes.map(({ choice, weight }) => scoreOf(choice, option).mul(weight))),
      ]),
    );
    const winners = votes.length === 0 ? [] : extremesOf(tally);
    return {
      winners,
      tally: texts(tally),
      why: `${winners.join(" and ") || "Nobody"} has the highest score`,
    };
  },
};

const isExact = (score: unknown): score is string | number =>
  typeof score === "number"
    ? Number.isSafeInteger(score)
    : typeof score === "string" && /^-?\d{1,15}(\.\d{1,15})?$/.test(score);

const isIn = (score: string | number, min: number, max: number) => {
  const exact = new Fraction(score);
  return exact.compare(min) >= 0 && exact.compare(max) <= 0;
};
