import * as z from "zod";
import { CommandError } from "./errors.ts";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Nesting past which an input is refused; far above any real tool call. */
export const MAX_DEPTH = 64;

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/**
 * Refuses whatever JSON or PostgreSQL cannot carry unchanged: binary, NUL, lone surrogates,
 * non-finite numbers, a `__proto__` key, and nesting deep enough to exhaust a recursive reader.
 * Walks with a list of its own instead of the call stack, so that depth cannot harm it either.
 *
 * @param input any value a transport received
 * @param maxBytes of its JSON; more values than that cannot fit, and are refused without a walk
 * @throws CommandError invalid_input, naming the place; too_large
 */
export function assertPlainJson(input: unknown, maxBytes = Number.POSITIVE_INFINITY): void {
  let values = 0;
  const open: { value: unknown; path: string; depth: number }[] = [
    { value: input, path: "", depth: 0 },
  ];
  const count = (more: number) => {
    values += more;
    if (values > maxBytes) {
      throw new CommandError("too_large", `The input has more than ${maxBytes} values`);
    }
  };
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path, depth } = next;
    if (typeof value === "string") assertText(value, path);
    else if (typeof value === "number" && !Number.isFinite(value))
      refuse(path, "not a finite number");
    else if (typeof value === "object" && value !== null) {
      if (depth >= MAX_DEPTH) refuse(path, `nested deeper than ${MAX_DEPTH} levels`);
      if (Array.isArray(value)) {
        count(value.length);
        for (const [index, item] of value.entries()) {
          open.push({ value: item, path: `${path}/${index}`, depth: depth + 1 });
        }
      } else {
        assertPlainObject(value, path);
        const entries = Object.entries(value);
        count(entries.length);
        for (const [key, item] of entries) {
          if (key === "__proto__") refuse(path, "the key __proto__ is not accepted");
          assertText(key, path);
          open.push({ value: item, path: `${path}/${key}`, depth: depth + 1 });
        }
      }
    } else if (!["boolean", "number", "undefined"].includes(typeof value) && value !== null) {
      refuse(path, `a ${typeof value} is not JSON`);
    }
  }
}

function assertText(text: string, path: string): void {
  if (text.includes("\0")) refuse(path, "the NUL character cannot be stored");
  if (loneSurrogate.test(text)) refuse(path, "a lone surrogate is not valid Unicode");
}

function assertPlainObject(value: object, path: string): void {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    refuse(path, "binary data or another object where JSON is meant");
  }
}

function refuse(path: string, message: string): never {
  // Paths grow with hostile keys and depth, and an error must stay readable.
  const place = path.slice(0, 200);
  throw new CommandError(
    "invalid_input",
    `The input is not acceptable at ${place || "its root"}: ${message}`,
    {
      details: [{ path: place, message }],
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
