import { CommandError } from "../../contract/errors.ts";

/**
 * Refuses what a policy does not allow.
 * @param allowed a policy's answer
 * @param rule who may, as a sentence for the person who may not
 * @throws CommandError forbidden
 */
export function authorize(allowed: boolean, rule: string): void {
  if (!allowed) throw new CommandError("forbidden", rule);
}
