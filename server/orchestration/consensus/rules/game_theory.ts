import Fraction from "fraction.js";
import type { Json } from "../../../../contract/json.ts";
import type { RuleConfig } from "../../../../contract/mechanism_config.ts";
import { bayesianTruthSerum } from "../game_theory/bayesian_truth_serum.ts";
import type { Rational } from "../game_theory/rational.ts";
import { secondPrice } from "../game_theory/second_price.ts";
import {
  type Prediction,
  sharesOf,
  surprisinglyPopular,
} from "../game_theory/surprisingly_popular.ts";
import { clarkePivot } from "../game_theory/vcg.ts";
import { sum } from "../numbers.ts";
import type { Count, Question, Rule } from "../types.ts";

/** A bid for the one thing there is; whoever gets it is the winner, and pays the second price. */
export const secondPriceRule: Rule = {
  check: (choice) => (isAmount(choice) ? null : "must be a bid: a decimal string such as 12.50"),
  count({ votes }) {
    const bids = Object.fromEntries(votes.map(({ voter, choice }) => [voter, choice as Rational]));
    if (votes.length === 0) return nobody;
    const { winners, price } = secondPrice(bids);
    const payments = { [winners[0]!]: price };
    const why = `${winners.join(" and ")} bid most, which costs ${price}`;
    return { winners, tally: bids, payments, why };
  },
};

/** What each option is worth to a voter; the best for all wins, and who turned it pays. */
export const vcg: Rule = {
  check: (choice, { options }) =>
    isRecord(choice) &&
    Object.entries(choice).every(([option, value]) => options.includes(option) && isAmount(value))
      ? null
      : "must be values by option, as decimal strings; 0 unless given",
  count({ question: { options }, votes }) {
    if (votes.length === 0) return nobody;
    const values = votes.map(({ choice }) =>
      options.map((option) => new Fraction((choice as Record<string, Rational>)[option] ?? 0)),
    );
    const { tied, welfare, payments } = clarkePivot(values);
    const total = options.map(
      (option, at) => [option, sum(values.map((own) => own[at]!))] as const,
    );
    const winners = tied.map((at) => options[at]!);
    return {
      winners,
      tally: Object.fromEntries(total.map(([option, value]) => [option, value.toFraction()])),
      payments: Object.fromEntries(votes.map(({ voter }, at) => [voter, payments[at]!])),
      why: `${winners.join(" and ")} is worth most to all: ${welfare}`,
    };
  },
};

/** The answer that more give than people predict. */
export const surprisinglyPopularRule: Rule = {
  check: checkAnswer,
  count({ question: { options }, votes }) {
    if (votes.length === 0) return nobody;
    const said = votes.map(({ choice }) => choice as unknown as Prediction);
    const { frequencies, mean_predicted } = sharesOf(options, said);
    const { surprise, winners } = surprisinglyPopular(frequencies, mean_predicted);
    const tally = { frequencies, mean_predicted, surprise };
    return { winners, tally, why: `${winners.join(" and ")} is more popular than predicted` };
  },
};

/** The answer whose givers score best for it; the scores are what voters earn. */
export const truthSerumRule: Rule<Extract<RuleConfig, { rule: "truth_serum" }>> = {
  check: checkAnswer,
  count({ question: { options }, votes, config }) {
    if (votes.length === 0) return nobody;
    const said = votes.map(({ choice }) => choice as unknown as Prediction);
    const { frequencies, scores, winners } = bayesianTruthSerum(options, said, config.alpha);
    return {
      winners,
      tally: frequencies,
      payments: Object.fromEntries(votes.map(({ voter }, at) => [voter, scores[at]!])),
      why: `Those who answered ${winners.join(" or ")} score best`,
    };
  },
};

const nobody: Count = { winners: [], tally: {}, why: "Nobody took part" };

function checkAnswer(choice: Json, { options }: Question): string | null {
  const { answer, prediction } = isRecord(choice) ? choice : {};
  const shares = isRecord(prediction) ? options.map((option) => prediction[option]) : [];
  // Of nothing there is no logarithm, so every answer must be thought possible.
  const right =
    typeof answer === "string" &&
    options.includes(answer) &&
    shares.length > 0 &&
    shares.every((share) => isAmount(share) && new Fraction(share).compare(0) > 0) &&
    sum(shares.map((share) => new Fraction(share as string))).equals(1) &&
    Object.keys(prediction as object).every((option) => options.includes(option));
  return right
    ? null
    : "must be { answer, prediction }: an option, and option → the share you expect, together 1";
}

const isRecord = (value: unknown): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isAmount = (value: unknown): value is string | number =>
  typeof value === "number"
    ? Number.isSafeInteger(value) && value >= 0
    : typeof value === "string" && /^\d{1,15}(\.\d{1,15}|\/[1-9]\d{0,14})?$/.test(value);
