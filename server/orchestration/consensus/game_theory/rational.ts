import Fraction from "fraction.js";
import { inUnits } from "../numbers.ts";

/** An exact number as it is written in JSON: a number, a decimal or a fraction such as `2/3`. */
export type Rational = number | string;

/**
 * Reads an exact number. JavaScript writes a number with the fewest digits that mean it, so 0.1 is
 * read as 1/10 and not as the float beside it.
 * @throws Error when it is no number
 */
export const rational = (value: Rational): Fraction => new Fraction(String(value));

/** The largest of exact numbers, of which there is at least one. */
export const largest = (values: readonly Fraction[]): Fraction =>
  values.reduce((best, value) => (value.gt(best) ? value : best));

/** The positions at which the largest number stands. */
export function positionsOfLargest(values: readonly Fraction[]): number[] {
  const best = largest(values);
  return values.flatMap((value, position) => (value.equals(best) ? [position] : []));
}

/**
 * Reads a table of exact numbers.
 * @throws RangeError when it is empty or its rows differ in length
 */
export function matrix(rows: readonly (readonly Rational[])[]): Fraction[][] {
  const width = rows[0]?.length ?? 0;
  if (width === 0 || rows.some((row) => row.length !== width)) {
    throw new RangeError("Payoffs must be a table of rows of one length");
  }
  return rows.map((row) => row.map(rational));
}

/** A table of exact numbers as whole ones of a unit that they share, and how many units are one. */
export function tableInUnits(table: readonly (readonly Fraction[])[]): {
  units: bigint[][];
  perOne: bigint;
} {
  const { units, perOne } = inUnits(table.flat());
  const width = table[0]!.length;
  return { units: table.map((_, row) => units.slice(row * width, (row + 1) * width)), perOne };
}

/** Makes rows of columns. */
export const transposed = <Value>(rows: readonly (readonly Value[])[]): Value[][] =>
  rows[0]!.map((_, column) => rows.map((row) => row[column]!));
