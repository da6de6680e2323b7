import Fraction from "fraction.js";
import { groupsOf } from "../choices.ts";
import { commonDenominator, written } from "../numbers.ts";
import type { Election, Question } from "../types.ts";

/** Every pair of options is compared, for every voter. */
const MAX_OPTIONS = 100;
/** As much text as the names of all pairs of 50 options of 200 characters: an outcome holds it once or twice. */
const MAX_CHARACTERS = 1_000_000;

/** Says why there are too many options, or too long ones, to compare all pairs; null if there are not. */
export function checkPairs({ options }: Question): string | null {
  if (options.length > MAX_OPTIONS) return `The rule takes ${MAX_OPTIONS} options at the most`;
  const characters = 2 * (options.length - 1) * options.join("").length;
  return characters > MAX_CHARACTERS ? "So many options are too long for this rule" : null;
}

/**
 * Weight of the voters who rank one option above another. All weights are counted in the largest unit
 * that makes them whole, since 100 options are compared 9,900 times.
 */
export class Pairwise {
  readonly options: readonly string[];
  readonly #hasArrow: boolean;
  readonly #place: ReadonlyMap<string, number>;
  readonly #preferring: bigint[][];
  readonly #perOne: bigint;

  constructor({ question: { options }, votes }: Pick<Election, "question" | "votes">) {
    this.options = options;
    this.#hasArrow = options.some((option) => option.includes(">"));
    this.#place = new Map(options.map((option, place) => [option, place]));
    this.#preferring = options.map(() => options.map(() => 0n));
    this.#perOne = commonDenominator(votes.map(({ weight }) => weight));
    for (const { choice, weight } of votes) {
      const units = (weight.n * this.#perOne) / weight.d;
      const above: string[] = [];
      for (const group of groupsOf(choice, { options })) {
        for (const a of above) for (const b of group) this.#row(a)[this.#at(b)]! += units;
        above.push(...group);
      }
    }
  }

  /** Weight of those who prefer `a` to `b`, in units. */
  of(a: string, b: string): bigint {
    return this.#row(a)[this.#at(b)]!;
  }

  /** By how much more prefer `a` to `b` than the other way round, in units. */
  margin(a: string, b: string): bigint {
    return this.of(a, b) - this.of(b, a);
  }

  /** Every option but this one. */
  others(option: string): string[] {
    return this.options.filter((one) => one !== option);
  }

  /** A weight in units as the exact number that it is. */
  text(units: bigint): string {
    return written(new Fraction(units, this.#perOne));
  }

  /** Two options as `A>B`; as `"A">"B"` where that could be read in two ways, for a name has a `>` itself. */
  pair(a: string, b: string): string {
    return this.#hasArrow ? `${JSON.stringify(a)}>${JSON.stringify(b)}` : `${a}>${b}`;
  }

  /** As JSON: each `pair` → a weight in units, written as an exact number; what they prefer unless told. */
  toJSON(weightOf: (a: string, b: string) => bigint = (a, b) => this.of(a, b)) {
    const pairs = this.options.flatMap((a) => this.others(a).map((b) => [a, b] as const));
    return Object.fromEntries(pairs.map(([a, b]) => [this.pair(a, b), this.text(weightOf(a, b))]));
  }

  #at(option: string): number {
    return this.#place.get(option)!;
  }

  #row(option: string): bigint[] {
    return this.#preferring[this.#at(option)]!;
  }
}
