import type { Json } from "./json.ts";
import { jsonObject } from "./json.ts";

/** The operators of https://jsonlogic.com/operations.html, but for `log`. */
export const operators = [
  ...["var", "missing", "missing_some", "if", "==", "===", "!=", "!==", "!", "!!", "or", "and"],
  ...[">", ">=", "<", "<=", "max", "min", "+", "-", "*", "/", "%"],
  ...["map", "reduce", "filter", "all", "none", "some", "merge", "in", "cat", "substr"],
];

/** Deeper rules are refused; deep ones would only cost time under a session's lock. */
export const MAX_LEVELS = 64;

/** A rule in JSON Logic (https://jsonlogic.com), such as `{ "==": [{ "var": "last.source" }, "Ada"] }`. */
export const Expression = jsonObject.superRefine((expression, context) => {
  if (Object.keys(expression).length === 1) {
    for (const message of new Set(complaintsOf(expression, 1))) {
      context.addIssue({ code: "custom", message });
    }
  } else {
    const message = "must be a JSON Logic rule: an object with one operator";
    context.addIssue({ code: "custom", message });
  }
});

/** Why a rule could never be evaluated; nothing if all is well. */
function complaintsOf(rule: Json, level: number): string[] {
  if (typeof rule !== "object" || rule === null) return [];
  if (level > MAX_LEVELS) return [`a rule is nested deeper than ${MAX_LEVELS} levels`];
  const below = Object.values(rule).flatMap((part) => complaintsOf(part, level + 1));
  if (Array.isArray(rule)) return below;
  const names = Object.keys(rule);
  if (names.length > 1) return [`a rule has one operator, not ${names.join(" and ")}`, ...below];
  const unknown = names.filter((name) => !operators.includes(name));
  return [...unknown.map((name) => `there is no operator ${name}`), ...below];
}
