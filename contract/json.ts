import * as z from "zod";
import { CommandError } from "./errors.ts";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Nesting past which an input is refused; far above any real tool call. */
export const MAX_DEPTH = 64;

/** Where a value is within the input, for the error that names it. */
interface Place {
  readonly key: string | number;
  readonly parent: Place | null;
}

/**
 * Refuses whatever JSON or PostgreSQL cannot carry unchanged: binary, NUL, lone surrogates,
 * non-finite numbers, a `__proto__` key, and nesting deep enough to exhaust a recursive reader.
 *
 * @param input any value a transport received
 * @param maxBytes of its JSON; an input that is surely larger is refused without a full walk
 * @returns the size of its JSON in characters, about: its bytes are MOST_BYTES times that at the most
 * @throws CommandError invalid_input, naming the place; too_large
 */
export function assertPlainJson(input: unknown, maxBytes = Number.POSITIVE_INFINITY): number {
  let values = 0;
  let chars = 0;

  const visitText = (text: string, place: Place | null) => {
    if (text.includes("\0")) refuse(place, "the NUL character cannot be stored");
    if (!text.isWellFormed()) refuse(place, "a lone surrogate is not valid Unicode");
    chars += text.length;
  };
  const count = (more: number) => {
    values += more;
    if (values > maxBytes) {
      throw new CommandError("too_large", `The input has more than ${maxBytes} values`);
    }
  };
  const visit = (value: unknown, key: string | number, parent: Place | null, depth: number) => {
    if (typeof value === "string") visitText(value, { key, parent });
    else if (typeof value === "number") {
      if (!Number.isFinite(value)) refuse({ key, parent }, "not a finite number");
    } else if (typeof value === "object" && value !== null) {
      const place = { key, parent };
      // Refused before the next level is entered, so the depth cannot harm this walk either.
      if (depth >= MAX_DEPTH) refuse(place, `nested deeper than ${MAX_DEPTH} levels`);
      if (Array.isArray(value)) {
        count(value.length);
        for (let index = 0; index < value.length; index += 1) {
          visit(value[index], index, place, depth + 1);
        }
      } else {
        assertPlainObject(value, place);
        const keys = Object.keys(value);
        count(keys.length);
        for (const name of keys) {
          if (name === "__proto__") refuse(place, "the key __proto__ is not accepted");
          visitText(name, place);
          visit((value as Record<string, unknown>)[name], name, place, depth + 1);
        }
      }
    } else if (!["boolean", "undefined"].includes(typeof value) && value !== null) {
      refuse({ key, parent }, `a ${typeof value} is not JSON`);
    }
  };

  visit(input, "", null, 0);
  return chars + (values + 1) * CHARS_PER_VALUE;
}

/** A number, or quotation marks, with what separates a value from its neighbours. */
const CHARS_PER_VALUE = 8;
/** A character is six bytes when it is escaped as \u and four digits. */
export const MOST_BYTES = 6;

function assertPlainObject(value: object, place: Place): void {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    refuse(place, "binary data or another object where JSON is meant");
  }
}

function refuse(place: Place | null, message: string): never {
  let path = "";
  for (let at = place; at?.parent; at = at.parent) path = `/${at.key}${path}`;
  // Paths grow with hostile keys and depth, and an error must stay readable.
  path = path.slice(0, 200);
  throw new CommandError(
    "invalid_input",
    `The input is not acceptable at ${path || "its root"}: ${message}`,
    {
      details: [{ path, message }],
    },
  );
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
