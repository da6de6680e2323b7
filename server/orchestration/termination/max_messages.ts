import { endsTurn } from "../tool_call.ts";
import type { ConditionKind } from "./kind.ts";

/**
 * AutoGen's MaxMessageTermination: the task and what ends a turn count, the tool calls and results on
 * the way only if wanted.
 */
export const maxMessages: ConditionKind<"max_messages"> = {
  start: () => 0,
  hear({ include_events }, count, happened) {
    const counts = happened.kind === "said" && (include_events || endsTurn(happened.said));
    return (count as number) + (counts ? 1 : 0);
  },
  look({ max_messages }, state) {
    const count = state as number;
    const reason = `Maximum number of messages ${max_messages} reached, current message count: ${count}`;
    return { state, reason: count >= max_messages ? reason : null };
  },
};
