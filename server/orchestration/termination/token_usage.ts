import type { ConditionKind } from "./kind.ts";

/** AutoGen's TokenUsageTermination: met when any of its limits is reached. */
export const tokenUsage: ConditionKind<"token_usage"> = {
  start: () => ({ prompt: 0, completion: 0 }),
  look({ max_total, max_prompt, max_completion }, state, { happened }) {
    let { prompt, completion } = state as { prompt: number; completion: number };
    for (const one of happened) {
      if (one.kind !== "usage") continue;
      prompt += one.prompt;
      completion += one.completion;
    }
    const total = prompt + completion;
    const reached =
      total >= (max_total ?? Number.POSITIVE_INFINITY) ||
      prompt >= (max_prompt ?? Number.POSITIVE_INFINITY) ||
      completion >= (max_completion ?? Number.POSITIVE_INFINITY);
    const reason =
      `Token usage limit reached, total token count: ${total}, ` +
      `prompt token count: ${prompt}, completion token count: ${completion}.`;
    return { state: { prompt, completion }, reason: reached ? reason : null };
  },
};
