import type { ConditionKind } from "./kind.ts";

interface Tokens {
  readonly prompt: number;
  readonly completion: number;
}

/** AutoGen's TokenUsageTermination: met when any of its limits is reached. */
export const tokenUsage: ConditionKind<"token_usage"> = {
  start: () => ({ prompt: 0, completion: 0 }),
  hear(_, state, happened) {
    if (happened.kind !== "usage") return state;
    const { prompt, completion } = state as unknown as Tokens;
    return {
      prompt: prompt + happened.prompt,
      completion: completion + happened.completion,
    };
  },
  look({ max_total, max_prompt, max_completion }, state) {
    const { prompt, completion } = state as unknown as Tokens;
    const total = prompt + completion;
    const reached =
      total >= (max_total ?? Number.POSITIVE_INFINITY) ||
      prompt >= (max_prompt ?? Number.POSITIVE_INFINITY) ||
      completion >= (max_completion ?? Number.POSITIVE_INFINITY);
    const reason =
      `Token usage limit reached, total token count: ${total}, ` +
      `prompt token count: ${prompt}, completion token count: ${completion}.`;
    return { state, reason: reached ? reason : null };
  },
};
