import { kindOf } from "../tool_call.ts";
import type { Said } from "../types.ts";
import { metBySaying } from "./kind.ts";

/** AutoGen's TextMentionTermination: a substring, in the case it is written in. */
export const textMention = metBySaying<"text_mention">(({ text, sources }, said) => {
  if (sources && !sources.includes(said.source)) return null;
  return textsOf(said).some((one) => one.includes(text)) ? `Text '${text}' mentioned` : null;
});

/** Its words, and what a tool call says: its name, arguments and result, as AutoGen writes them out. */
function textsOf(said: Said): string[] {
  const { content, tool_call } = said;
  // Whom a handoff names is no part of its words.
  if (tool_call === null || ["handoff", "stop"].includes(kindOf(said))) return [content];
  const parts = [tool_call.name, tool_call.arguments, tool_call.result];
  const texts = parts.filter((part) => part !== undefined);
  return [
    content,
    ...texts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))),
  ];
}
