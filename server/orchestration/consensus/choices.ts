import type { Json } from "../../../contract/json.ts";
import type { Question } from "./types.ts";

// What a ballot may be, by the kind of rule; each says what is wrong, or null.

/** One of the options. */
export function oneOption(choice: Json, { options }: Question): string | null {
  return typeof choice === "string" && options.includes(choice)
    ? null
    : `must be one of the options: ${options.join(", ")}`;
}

/** A list of options, each once. */
export function someOptions(choice: Json, { options }: Question): string | null {
  const list = Array.isArray(choice) ? choice : [];
  const right = list.every((one) => typeof one === "string" && options.includes(one));
  return Array.isArray(choice) && right && new Set(list).size === list.length
    ? null
    : "must be a list of options, each at most once";
}

/**
 * A ranking, best first: options, or lists of options that are as good as each other. What is not
 * ranked comes last.
 */
export function ranking(choice: Json, question: Question): string | null {
  const groups = Array.isArray(choice) ? choice : [];
  return Array.isArray(choice) && someOptions(groups.flat() as Json[], question) === null
    ? null
    : "must be a ranking: options, or lists of tied ones, best first, each at most once";
}

/**
 * Puts a ranking into groups.
 * @returns all options, best group first, the unranked last
 */
export function groupsOf(choice: Json, { options }: Pick<Question, "options">): string[][] {
  const groups = (choice as (string | string[])[]).map((group) => [group].flat());
  const ranked = new Set(groups.flat());
  const rest = options.filter((option) => !ranked.has(option));
  return [...groups, rest].filter((group) => group.length > 0);
}
