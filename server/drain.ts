import { CommandError } from "../contract/errors.ts";
import type { Execute } from "./execute.ts";

/**
 * Wraps the one path so that a node that stops can finish what it has accepted.
 * @returns `execute`, which refuses as unavailable once draining has begun; and `drain`, which begins
 *   it and resolves when every command accepted before is answered
 */
export function drainable(execute: Execute): { execute: Execute; drain(): Promise<void> } {
  const underWay = new Set<Promise<unknown>>();
  let draining = false;
  return {
    async execute(name, actor, input) {
      if (draining) {
        throw new CommandError("unavailable", "This node is stopping; connect again and repeat it");
      }
      const answer = execute(name, actor, input);
      underWay.add(answer);
      return answer.finally(() => underWay.delete(answer));
    },
    async drain() {
      draining = true;
      await Promise.allSettled(underWay);
    },
  };
}
