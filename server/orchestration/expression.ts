import { LogicEngine } from "json-logic-engine";
import type { Json, JsonObject } from "../../contract/json.ts";

// Interpreted, since what users write must never become code; bounded, since it runs under a lock.
const engine = new LogicEngine(undefined, {
  disableInline: true,
  disableInterpretedOptimization: true,
  permissive: false,
  maxDepth: 64,
  maxArrayLength: 10_000,
  maxStringLength: 1_000_000,
});

/**
 * Evaluates a rule in JSON Logic.
 * @param data what its `var`s name
 * @returns what it comes to; null when it cannot be evaluated over this data
 */
export function evaluate(expression: JsonObject, data: JsonObject): Json {
  try {
    return (engine.run(expression, data) as Json | undefined) ?? null;
  } catch {
    return null;
  }
}

/** Whether a rule holds over this data, by JSON Logic's own idea of truth. */
export function holds(expression: JsonObject, data: JsonObject): boolean {
  return evaluate({ "!!": [expression] }, data) === true;
}
