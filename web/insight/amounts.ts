import type { Money, Tokens } from "../../client/index.ts";

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const few = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4 });

/** A whole number with its digits in groups. */
export const count = (number: number): string => whole.format(number);

/** A number for an axis: `12.3K`. */
export const roughly = (number: number): string => short.format(number);

/** A small or large amount for an axis, which is drawn and not added up. */
export const fewDigits = (number: number): string => few.format(number);

/** The buckets of tokens in the order in which they are drawn; disjoint. */
export const buckets = [
  { name: "input", label: "Input" },
  { name: "cached_input", label: "Cached input" },
  { name: "cache_write", label: "Cache write" },
  { name: "output", label: "Output" },
  { name: "reasoning", label: "Reasoning" },
] as const satisfies readonly { name: keyof Tokens; label: string }[];

/** All tokens together. */
export function allTokens(tokens: Tokens): number {
  return buckets.reduce((sum, { name }) => sum + tokens[name], 0);
}

/** Exact amounts of all currencies: `0.0042 EUR`; a dash for none. */
export function moneyText(money: Money): string {
  const amounts = Object.entries(money).map(([currency, amount]) => `${amount} ${currency}`);
  return amounts.join(" + ") || "–";
}

/** A duration: `340 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds) % 60} s`;
  return `${count(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/**
 * A quantile by the nearest rank: the smallest value that at least this share of them does not exceed.
 * @param sorted ascending, at least one
 * @param share above 0, up to 1
 */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1]!;
}
