import Fraction from "fraction.js";
import { sum, written } from "../numbers.ts";
import { positionsOfLargest, type Rational, rational } from "./rational.ts";

/** Answer → its share, of votes or of expected votes. */
export type Shares = Readonly<Record<string, Rational>>;

/** What a person answers, and which share of all answers they expect each to get. */
export interface Prediction {
  readonly answer: string;
  readonly prediction: Shares;
}

/**
 * Says which share of the votes each answer got, and which was expected on average.
 * @param answers all that may be given
 * @param said at least one; every prediction has a share for each answer, and all add up to 1
 * @param weights of those who said it, positive; 1 unless told
 * @returns answer → share, twice, exact
 * @throws RangeError when nobody said anything, or a prediction does not add up to 1
 */
export function sharesOf(
  answers: readonly string[],
  said: readonly Prediction[],
  weights: readonly Fraction[] = said.map(() => new Fraction(1)),
): { frequencies: Record<string, string>; mean_predicted: Record<string, string> } {
  if (said.length === 0) throw new RangeError("Nobody answered");
  for (const { prediction } of said) {
    if (!sum(answers.map((answer) => rational(prediction[answer] ?? 0))).equals(1)) {
      throw new RangeError("A prediction must add up to 1");
    }
  }
  const all = sum(weights);
  const mean = (shares: (one: Prediction, answer: string) => Rational) =>
    Object.fromEntries(
      answers.map((answer) => {
        const weighed = said.map((one, i) => rational(shares(one, answer)).mul(weights[i]!));
        return [answer, written(sum(weighed).div(all))];
      }),
    );
  return {
    frequencies: mean((one, answer) => (one.answer === answer ? 1 : 0)),
    mean_predicted: mean(({ prediction }, answer) => prediction[answer] ?? 0),
  };
}

/**
 * The surprisingly popular answer: the one whose share of the votes is furthest above the share that
 * people expected on average.
 *
 * Source: D. Prelec, H. S. Seung and J. McCoy, "A solution to the single-question crowd wisdom
 * problem", Nature 541 (2017). For more than two answers the paper weighs votes pair by pair; this
 * is the common rule, the largest difference, which is the same for two.
 * @param votes, predicted shares of the same answers, of which there is at least one
 * @returns answer → surprise, and the answers with the largest (the caller's tie rule picks one)
 */
export function surprisinglyPopular(
  votes: Shares,
  predicted: Shares,
): { surprise: Record<string, string>; winners: string[] } {
  const answers = Object.keys(votes);
  const surprise = answers.map((answer) =>
    rational(votes[answer]!).sub(rational(predicted[answer] ?? 0)),
  );
  return {
    surprise: Object.fromEntries(answers.map((answer, i) => [answer, written(surprise[i]!)])),
    winners: positionsOfLargest(surprise).map((position) => answers[position]!),
  };
}
