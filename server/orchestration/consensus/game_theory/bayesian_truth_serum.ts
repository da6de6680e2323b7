import type Fraction from "fraction.js";
import { sum } from "../numbers.ts";
import { type Rational, rational } from "./rational.ts";
import { type Prediction, sharesOf } from "./surprisingly_popular.ts";

/**
 * Scores are logarithms and so no fractions: they are floats, rounded to this many decimals. Nobody
 * wins by a float: `winners` comes from exact numbers.
 */
const DECIMALS = 6;

/**
 * The Bayesian truth serum. A person's score is the information score of their answer, the logarithm
 * of its frequency over the geometric mean of its predictions, plus `alpha` times how well they
 * predicted the frequencies. To answer truthfully is an equilibrium; with alpha 1 the scores add up
 * to zero, but for rounding.
 *
 * Source: D. Prelec, "A Bayesian truth serum for subjective data", Science 306 (2004), natural
 * logarithms.
 * @param answers all that may be given
 * @param said at least one; every prediction is above 0 for each answer, and adds up to 1
 * @param alpha weight of the prediction, positive
 * @returns answer → frequency, exact; a score for each of `said`; the sum of the scores as rounded,
 *   exact; and the answers that were given with the highest information score (the caller's tie rule
 *   picks one)
 * @throws RangeError when nobody said anything, or a prediction is 0 or does not add up to 1
 */
export function bayesianTruthSerum(
  answers: readonly string[],
  said: readonly Prediction[],
  alpha: Rational = 1,
): {
  frequencies: Record<string, string>;
  scores: string[];
  sum: string;
  winners: string[];
} {
  const { frequencies } = sharesOf(answers, said);
  const share = answers.map((answer) => rational(frequencies[answer]!));
  const predicted = said.map(({ prediction }) =>
    answers.map((answer) => rational(prediction[answer] ?? 0)),
  );
  if (predicted.flat().some((value) => value.lte(0))) {
    throw new RangeError("Every answer needs a predicted share above 0");
  }
  const meanLog = answers.map(
    (_, k) => predicted.reduce((total, shares) => total + log(shares[k]!), 0) / said.length,
  );
  const scores = said.map(({ answer }, person) => {
    const own = answers.indexOf(answer);
    const information = log(share[own]!) - meanLog[own]!;
    // A share of zero adds nothing: x log x goes to 0 with x.
    const prediction = share.reduce(
      (total, x, k) =>
        x.equals(0) ? total : total + x.valueOf() * (log(predicted[person]![k]!) - log(x)),
      0,
    );
    return rational((information + rational(alpha).valueOf() * prediction).toFixed(DECIMALS));
  });
  const given = answers.filter((_, k) => share[k]!.gt(0));
  const information = given.map((answer) => {
    const k = answers.indexOf(answer);
    return exactInformation(
      share[k]!,
      predicted.map((shares) => shares[k]!),
    );
  });
  const highest = information.reduce((best, one) => (isMore(one, best) ? one : best));
  return {
    frequencies,
    scores: scores.map(decimal),
    sum: decimal(sum(scores)),
    winners: given.filter((_, position) => !isMore(highest, information[position]!)),
  };
}

const log = (value: Fraction) => Math.log(value.valueOf());

const decimal = (value: Fraction) => value.toString(DECIMALS);

/** A positive fraction that is not in lowest terms: to reduce it would take longer than to compare it. */
interface Ratio {
  readonly over: bigint;
  readonly under: bigint;
}

/**
 * The information score of an answer, exponentiated and raised to the number of people: a fraction,
 * which is in the same order as the score.
 */
function exactInformation(share: Fraction, predicted: readonly Fraction[]): Ratio {
  const people = BigInt(predicted.length);
  return {
    over: share.n ** people * product(predicted.map(({ d }) => d)),
    under: share.d ** people * product(predicted.map(({ n }) => n)),
  };
}

const product = (numbers: readonly bigint[]): bigint =>
  numbers.reduce((all, number) => all * number, 1n);

const isMore = (one: Ratio, other: Ratio): boolean =>
  one.over * other.under > other.over * one.under;
