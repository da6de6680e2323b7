import { CommandError } from "../contract/errors.ts";

/** What to tell a person of an error. */
export function messageOf(error: unknown): string {
  return error instanceof CommandError ? error.message : String(error);
}
