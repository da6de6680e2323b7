import type { Usage } from "../../client/index.ts";
import { addUsage, isUsage, noUsage } from "../../client/totals.ts";
import type { Entry } from "../../contract/entry.ts";

/** What was used up to a moment, since the session's first entry. */
export interface UsageAt extends Usage {
  /** The moment, in milliseconds since 1970. */
  readonly at: number;
}

/** Points of a chart at the most. */
const MOST = 240;
const FIRST_WIDTH_MS = 1_000;

/**
 * What a session used, by equal spans of time. How long it will last is not known while it is read, so
 * whenever the spans become too many, each two neighbours become one.
 */
export class OverTime {
  #start = 0;
  #last = 0;
  #width = FIRST_WIDTH_MS;
  #sum: Usage = noUsage;
  /** What was used up to the end of each span. */
  #ends: Usage[] = [];

  /** Counts the next entry of the session, whatever it is. */
  add(entry: Entry): void {
    this.#last = Math.max(this.#last, Date.parse(entry.created_at));
    if (this.#ends.length === 0) this.#start = this.#last;
    while (this.#place() >= MOST) this.#widen();
    while (this.#ends.length < this.#place()) this.#ends.push(this.#sum);
    if (entry.kind === "log_entry" && isUsage(entry)) this.#sum = addUsage(this.#sum, entry);
    this.#ends[this.#place()] = this.#sum;
  }

  /** Nothing at the first entry's moment, then the sums at the end of each span. */
  points(): UsageAt[] {
    const ends = this.#ends.map((usage, place) => {
      const end = this.#start + (place + 1) * this.#width;
      return { at: Math.min(end, this.#last), ...usage };
    });
    return [{ at: this.#start, ...noUsage }, ...ends];
  }

  /** Of the span that the last moment is in. */
  #place(): number {
    return Math.floor((this.#last - this.#start) / this.#width);
  }

  #widen(): void {
    const { length } = this.#ends;
    this.#ends = this.#ends.filter((_, place) => place % 2 === 1 || place === length - 1);
    this.#width *= 2;
  }
}
