import type { Said } from "../types.ts";
import { type ConditionKind, met, saidIn } from "./kind.ts";

/** AutoGen's TextMentionTermination: a substring, in the case it is written in. */
export const textMention: ConditionKind<"text_mention"> = {
  look({ text, sources }, _, news) {
    const mention = saidIn(news).find(
      (said) => (!sources || sources.includes(said.source)) && textsOf(said).includes(text),
    );
    return met(mention && `Text '${text}' mentioned`);
  },
};

/** Everything in it that a person or a model wrote, a tool's arguments and results included. */
function textsOf({ content, tool_call }: Said): string {
  const parts = [tool_call?.arguments, tool_call?.result].filter((part) => part !== undefined);
  return [
    content,
    ...parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))),
  ].join("\n");
}
