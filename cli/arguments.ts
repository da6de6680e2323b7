import { InvalidArgumentError } from "commander";

/** A whole number from 0. */
export function parseWhole(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) {
    throw new InvalidArgumentError("It must be a whole number such as 0 or 42.");
  }
  return number;
}

/** Messages a second, or `max`, which is Infinity. */
export function parsePace(text: string): number {
  if (text === "max") return Number.POSITIVE_INFINITY;
  const pace = Number(text);
  if (!Number.isFinite(pace) || pace <= 0) {
    throw new InvalidArgumentError("It must be messages a second such as 5 or 0.5, or max.");
  }
  return pace;
}
