import type { ConditionKind } from "./kind.ts";

/**
 * AutoGen's TimeoutTermination, but its clock starts with the run, and it is looked at when the time
 * has come rather than only between turns. Its state is when the run started.
 */
export const timeout: ConditionKind<"timeout"> = {
  start: (now) => now,
  look({ timeout_ms }, state, { now }) {
    const over = Date.parse(now) - Date.parse(state as string) >= timeout_ms;
    return { state, reason: over ? `Timeout of ${timeout_ms / 1000} seconds reached` : null };
  },
};
