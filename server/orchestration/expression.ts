import { LogicEngine } from "json-logic-engine";
import { operators } from "../../contract/expression.ts";
import type { Json, JsonObject } from "../../contract/json.ts";

/** What one evaluation may cost, since it runs under a session's lock; see costOf. */
const BUDGET = 100_000;
const CHARS_PER_STEP = 100;

/**
 * What a path such as `last.source` names. Only what the data itself holds: nothing of a prototype.
 */
function valueAt(data: unknown, path: unknown): unknown {
  if (path === null || path === undefined || path === "") return data;
  let value = data;
  for (const key of String(path).split(".")) {
    if (value === null || value === undefined || !Object.hasOwn(Object(value), key))
      return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

const missing = (paths: readonly unknown[], data: unknown) =>
  paths.flat().filter((path) => valueAt(data, path) === undefined);

const own = {
  var: ([path, otherwise = null]: unknown[], data: unknown) => valueAt(data, path) ?? otherwise,
  missing,
  missing_some([needed, paths]: [number, unknown[]], data: unknown) {
    const absent = missing(paths, data);
    return paths.length - absent.length >= needed ? [] : absent;
  },
};

const all: Record<string, unknown> = { ...new LogicEngine().methods, ...own };
const methods = Object.fromEntries(operators.map((name) => [name, all[name]]));

/** An engine for one evaluation that gives up when its budget is spent. */
class BoundedEngine extends LogicEngine {
  #left = BUDGET;

  constructor() {
    // Interpreted, since what users write must never become code.
    super(methods, {
      disableInline: true,
      disableInterpretedOptimization: true,
      maxDepth: Number.POSITIVE_INFINITY,
    });
  }

  // Whatever is evaluated on the way comes through here; the library itself bounds neither the steps
  // nor what they make, and a list that is merged with itself 30 times fills the memory.
  override run(rule: unknown, data?: unknown, options?: { above?: unknown }): unknown {
    this.#spend(costOf(rule, this.#left));
    const result = super.run(rule, data, options);
    this.#spend(costOf(result, this.#left));
    return result;
  }

  #spend(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) throw new Error("The expression takes too long");
  }
}

/**
 * What it costs to make or read a value: a step for each value in it, and one more for each hundred
 * characters.
 * @param limit past which nobody needs to know
 */
function costOf(value: unknown, limit: number): number {
  if (typeof value === "string") return 1 + value.length / CHARS_PER_STEP;
  if (typeof value !== "object" || value === null) return 1;
  let cost = 1;
  for (const part of Object.values(value)) {
    if (cost > limit) break;
    cost += costOf(part, limit - cost);
  }
  return cost;
}

/**
 * Evaluates a rule in JSON Logic.
 * @param data what its `var`s name
 * @returns what it comes to; null when it cannot be evaluated over this data, or takes too long
 */
export function evaluate(expression: JsonObject, data: JsonObject): Json {
  try {
    return (new BoundedEngine().run(expression, data) as Json | undefined) ?? null;
  } catch {
    return null;
  }
}

/** Whether a rule holds over this data, by JSON Logic's own idea of truth. */
export function holds(expression: JsonObject, data: JsonObject): boolean {
  return evaluate({ "!!": [expression] }, data) === true;
}
