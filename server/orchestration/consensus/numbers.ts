import Fraction from "fraction.js";

export const zero = new Fraction(0);

/** Adds exact numbers up: in whole units, for to reduce every sum on the way takes much longer. */
export function sum(numbers: readonly Fraction[]): Fraction {
  const { units, perOne } = inUnits(numbers);
  return new Fraction(wholeSum(units), perOne);
}

/** Adds whole numbers up. */
export const wholeSum = (numbers: readonly bigint[]): bigint =>
  numbers.reduce((total, number) => total + number, 0n);

/** Writes an exact number: `3`, or `2/3` in lowest terms. */
export function written(number: Fraction): string {
  return number.toFraction();
}

/** A map of exact numbers as JSON, in the order of its keys. */
export function texts(numbers: ReadonlyMap<string, Fraction>): Record<string, string> {
  return Object.fromEntries([...numbers].map(([key, number]) => [key, written(number)]));
}

/** Exact numbers as whole ones of the largest unit that makes them so, and how many units are one. */
export function inUnits(numbers: readonly Fraction[]): { units: bigint[]; perOne: bigint } {
  const perOne = commonDenominator(numbers);
  return { units: numbers.map(({ s, n, d }) => s * n * (perOne / d)), perOne };
}

/** The least whole number that makes every one of these whole when they are multiplied by it. */
export function commonDenominator(numbers: readonly Fraction[]): bigint {
  return numbers.reduce((all, { d }) => (all / greatestDivisor(all, d)) * d, 1n);
}

const greatestDivisor = (a: bigint, b: bigint): bigint =>
  b === 0n ? a : greatestDivisor(b, a % b);

/** The greatest of some whole numbers; undefined if there are none. */
export function greatest(numbers: readonly bigint[]): bigint | undefined {
  let best = numbers[0];
  for (const number of numbers) if (number > best!) best = number;
  return best;
}

/** The keys of the greatest numbers; none where nothing is above zero. */
export function leaders(numbers: ReadonlyMap<string, Fraction>): string[] {
  return extremesOf(numbers).filter((key) => numbers.get(key)!.compare(zero) > 0);
}

/** The keys of the greatest numbers, or of the least. */
export function extremesOf(
  numbers: ReadonlyMap<string, Fraction>,
  which: "greatest" | "least" = "greatest",
): string[] {
  const sign = which === "greatest" ? 1 : -1;
  let best: Fraction | undefined;
  for (const number of numbers.values()) {
    if (best === undefined || number.compare(best) * sign > 0) best = number;
  }
  return [...numbers].flatMap(([key, number]) => (best && number.equals(best) ? [key] : []));
}
