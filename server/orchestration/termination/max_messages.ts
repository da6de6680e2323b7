import { endsTurn } from "../tool_call.ts";
import { type ConditionKind, saidIn } from "./kind.ts";

/**
 * AutoGen's MaxMessageTermination: the task and what ends a turn count, the tool calls and results on
 * the way only if wanted.
 */
export const maxMessages: ConditionKind<"max_messages"> = {
  start: () => 0,
  look({ max_messages, include_events }, state, news) {
    const counted = saidIn(news).filter((said) => include_events || endsTurn(said));
    const count = (state as number) + counted.length;
    const reason = `Maximum number of messages ${max_messages} reached, current message count: ${count}`;
    return { state: count, reason: count >= max_messages ? reason : null };
  },
};
