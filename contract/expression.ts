import { jsonObject } from "./json.ts";

/** A rule in JSON Logic (https://jsonlogic.com), such as `{ "==": [{ "var": "last.source" }, "Ada"] }`. */
export const Expression = jsonObject.refine(
  (expression) => Object.keys(expression).length === 1,
  "must be a JSON Logic rule: an object with one operator",
);
