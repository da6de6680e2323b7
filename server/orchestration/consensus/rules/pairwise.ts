import type Fraction from "fraction.js";
import { groupsOf } from "../choices.ts";
import { text, zero } from "../numbers.ts";
import type { Election } from "../types.ts";

/** Weight of the voters who rank one option above another. */
export class Pairwise {
  readonly options: readonly string[];
  readonly #preferring = new Map<string, Fraction>();

  constructor({ question, votes }: Pick<Election, "question" | "votes">) {
    this.options = question.options;
    for (const { choice, weight } of votes) {
      const above: string[] = [];
      for (const group of groupsOf(choice, question)) {
        for (const a of above) for (const b of group) this.#add(a, b, weight);
        above.push(...group);
      }
    }
  }

  /** Weight of those who prefer `a` to `b`. */
  of(a: string, b: string): Fraction {
    return this.#preferring.get(key(a, b)) ?? zero;
  }

  /** By how much more prefer `a` to `b` than the other way round. */
  margin(a: string, b: string): Fraction {
    return this.of(a, b).sub(this.of(b, a));
  }

  /** Every option but this one. */
  others(option: string): string[] {
    return this.options.filter((one) => one !== option);
  }

  /** As JSON: `A>B` → weight. */
  toJSON(): Record<string, string> {
    const pairs = this.options.flatMap((a) => this.others(a).map((b) => [a, b] as const));
    return Object.fromEntries(pairs.map(([a, b]) => [`${a}>${b}`, text(this.of(a, b))]));
  }

  #add(a: string, b: string, weight: Fraction): void {
    this.#preferring.set(key(a, b), this.of(a, b).add(weight));
  }
}

const key = (a: string, b: string) => JSON.stringify([a, b]);
