import Fraction from "fraction.js";
import { groupsOf } from "../choices.ts";
import { commonDenominator, written } from "../numbers.ts";
import type { Election } from "../types.ts";

/**
 * Weight of the voters who rank one option above another. All weights are counted in the largest unit
 * that makes them whole, since 100 options are compared 9,900 times.
 */
export class Pairwise {
  readonly options: readonly string[];
  readonly #place: ReadonlyMap<string, number>;
  readonly #preferring: bigint[][];
  readonly #perOne: bigint;

  constructor({ question: { options }, votes }: Pick<Election, "question" | "votes">) {
    this.options = options;
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

  /** As JSON: `A>B` → a weight in units, written as an exact number; what they prefer unless told. */
  toJSON(weightOf: (a: string, b: string) => bigint = (a, b) => this.of(a, b)) {
    const pairs = this.options.flatMap((a) => this.others(a).map((b) => [a, b] as const));
    return Object.fromEntries(pairs.map(([a, b]) => [`${a}>${b}`, this.text(weightOf(a, b))]));
  }

  #at(option: string): number {
    return this.#place.get(option)!;
  }

  #row(option: string): bigint[] {
    return this.#preferring[this.#at(option)]!;
  }
}
