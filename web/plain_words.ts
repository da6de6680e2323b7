import * as z from "zod";

/** Says what the contract refuses in words for people; errors with words of their own keep them. */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined || issue.input === "") return "Fill this in";
  if (issue.code === "too_small") {
    return issue.origin === "array" ? "Add at least one" : `Must be at least ${issue.minimum}`;
  }
  if (issue.code === "too_big") return `Must be at most ${issue.maximum}${unitOf(issue.origin)}`;
  if (issue.code === "unrecognized_keys") return `There is no ${issue.keys.join(", ")} here`;
  return undefined;
};

function unitOf(origin: string): string {
  return origin === "string" ? " characters" : origin === "array" ? " entries" : "";
}

// For all schemas, as those of the contract check one another deep inside.
z.config({ customError: plainWords });
