import { sum } from "../numbers.ts";
import type { Question } from "../types.ts";
import { bayesianTruthSerum } from "./bayesian_truth_serum.ts";
import { checkOptions, type GameRule, listed, unknownIn } from "./game_rule.ts";
import { rational } from "./rational.ts";
import { type Prediction, sharesOf, surprisinglyPopular } from "./surprisingly_popular.ts";

/** Every option needs a share, for "left out" could be meant as zero or as unknown. */
function checkPrediction({ answer, prediction }: Prediction, { options }: Question): string | null {
  const named = Object.keys(prediction);
  const unknown = unknownIn([answer, ...named], options);
  if (unknown) return unknown;
  if (named.length < options.length) return "must predict a share for each option";
  return sum(Object.values(prediction).map(rational)).equals(1)
    ? null
    : "must predict shares that add up to exactly 1";
}

/** The answer wins that is given more often than expected; see `surprisinglyPopular`. */
const surprisingly_popular: GameRule<"surprisingly_popular"> = {
  checkQuestion: (question) => checkOptions(question),
  check: checkPrediction,
  count({ question: { options }, votes }) {
    const { frequencies, mean_predicted } = sharesOf(
      options,
      votes.map(({ choice }) => choice),
      votes.map(({ weight }) => weight),
    );
    const { winners: most, surprise } = surprisinglyPopular(frequencies, mean_predicted);
    const winners = options.filter((option) => most.includes(option));
    return {
      winners,
      tally: { frequencies, mean_predicted, surprise },
      why: `${listed(winners)} is furthest above what was predicted`,
    };
  },
};

/** The answer with the highest information score wins, and voters are scored for honesty. */
const bayesian_truth_serum: GameRule<"bayesian_truth_serum"> = {
  checkQuestion: (question) => checkOptions(question),
  check(choice, question) {
    const complaint = checkPrediction(choice, question);
    if (complaint) return complaint;
    const isSure = Object.values(choice.prediction).some((share) => rational(share).equals(0));
    return isSure ? "must predict a share above 0 for each option" : null;
  },
  count({ question: { options }, votes, config }) {
    const said = votes.map(({ choice }) => choice);
    const { frequencies, scores, winners } = bayesianTruthSerum(options, said, config.alpha);
    return {
      winners,
      tally: { frequencies },
      payments: Object.fromEntries(votes.map(({ voter }, person) => [voter, scores[person]!])),
      why: `${listed(winners)} is more common than predicted by the largest factor`,
    };
  },
};

export const elicitationRules = { surprisingly_popular, bayesian_truth_serum };
