import * as z from "zod";
import { CommandError, pathOf } from "./errors.ts";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Nesting past which an input is refused; far above any real tool call. */
export const MAX_DEPTH = 64;

/**
 * Refuses whatever JSON or PostgreSQL cannot carry unchanged: binary, NUL, lone surrogates,
 * non-finite numbers, integers whose last digits readers of JSON lose, a `__proto__` key, and nesting
 * deep enough to exhaust a recursive reader.
 *
 * @param input any value a transport received
 * @param maxBytes of its JSON; an input that is surely larger is refused without a full walk
 * @returns the size of its JSON in characters, about: its bytes are MOST_BYTES times that at the most
 * @throws CommandError invalid_input, naming the place; too_large
 */
export function assertPlainJson(input: unknown, maxBytes = Number.POSITIVE_INFINITY): number {
  const walk = new Walk(maxBytes);
  walk.visit(input);
  return walk.chars + (walk.values + 1) * CHARS_PER_VALUE;
}

/** A number, or quotation marks, with what separates a value from its neighbours. */
const CHARS_PER_VALUE = 8;
/** A character is six bytes when it is escaped as \u and four digits. */
export const MOST_BYTES = 6;

/** Numbers from this to MAX_SAFE_INTEGER are about as long written out as in JSON. */
const SHORT = 1e-20;
/** From here on JavaScript writes numbers with an exponent: nobody means them to the last digit. */
const ROUND = 1e21;

/** The way through one input. */
class Walk {
  /** All within the input, and the characters of keys and texts. */
  values = 0;
  chars = 0;
  /** Of numbers that are far longer written out than in JSON. */
  #digits = 0;
  readonly #maxBytes: number;
  /** Where it is, for the error that names it. */
  readonly #path: (string | number)[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  visit(value: unknown): void {
    if (typeof value === "string") this.#visitText(value);
    else if (typeof value === "number") {
      if (!Number.isFinite(value)) this.#refuse("not a finite number");
      this.#countDigits(Math.abs(value));
    } else if (typeof value === "object" && value !== null) this.#visitParts(value);
    else if (!["boolean", "undefined"].includes(typeof value) && value !== null) {
      this.#refuse(`a ${typeof value} is not JSON`);
    }
  }

  #visitText(text: string): void {
    if (text.includes("\0")) this.#refuse("the NUL character cannot be stored");
    if (!text.isWellFormed()) this.#refuse("a lone surrogate is not valid Unicode");
    this.chars += text.length;
  }

  #visitParts(value: object): void {
    const path = this.#path;
    // Refused before the next level is entered, so the depth cannot harm this walk either.
    if (path.length >= MAX_DEPTH) this.#refuse(`nested deeper than ${MAX_DEPTH} levels`);
    if (Array.isArray(value)) {
      this.#count(value.length);
      for (let index = 0; index < value.length; index += 1) {
        path.push(index);
        this.visit(value[index]);
        path.pop();
      }
      return;
    }
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      this.#refuse("binary data or another object where JSON is meant");
    }
    const keys = Object.keys(value);
    this.#count(keys.length);
    for (const key of keys) {
      if (key === "__proto__") this.#refuse("the key __proto__ is not accepted");
      this.#visitText(key);
      path.push(key);
      this.visit((value as Record<string, unknown>)[key]);
      path.pop();
    }
  }

  /** PostgreSQL keeps 1e300 as 301 digits, and so it is read back. */
  #countDigits(value: number): void {
    if (value === 0 || (value >= SHORT && value <= Number.MAX_SAFE_INTEGER)) return;
    // Such as an id of 64 bits; by now its last digits are others.
    if (value > Number.MAX_SAFE_INTEGER && value < ROUND)
      this.#refuse("an integer beyond 2^53 - 1; send it as text");
    this.#digits += Math.ceil(Math.abs(Math.log10(value)));
    if (this.#digits > this.#maxBytes) {
      const message = `Written out, the numbers of the input have more than ${this.#maxBytes} digits`;
      throw new CommandError("too_large", message);
    }
  }

  #count(more: number): void {
    this.values += more;
    if (this.values > this.#maxBytes) {
      throw new CommandError("too_large", `The input has more than ${this.#maxBytes} values`);
    }
  }

  #refuse(message: string): never {
    const path = pathOf(this.#path);
    throw new CommandError(
      "invalid_input",
      `The input is not acceptable at ${path || "its root"}: ${message}`,
      { details: [{ path, message }] },
    );
  }
}

// The shape is checked by assertPlainJson before any schema runs; walking it again would only cost.
const anyJson = z
  .custom<Json>((value) => value !== undefined)
  .meta({ description: "Any JSON value" });

/** Any JSON object. */
export const jsonObject = z
  .custom<JsonObject>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    {
      message: "must be a JSON object",
    },
  )
  .meta({ type: "object", additionalProperties: true });

/** Any JSON value, null included. */
export const json = anyJson;
