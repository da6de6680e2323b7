import { issuesAt, refusedFields } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import { toolCalls } from "../../contract/tool_call.ts";
import type { Ask, Said } from "./types.ts";

/** What kind of thing was said, as conditions tell them apart. */
export type SaidKind = "text" | "tool_request" | "tool_result" | "handoff" | "delegate" | "stop";

/** Reads from a message's tool call what kind of message it is. */
export function kindOf({ tool_call }: Said): SaidKind {
  if (tool_call === null) return "text";
  if (isMeant(tool_call)) return tool_call.name as SaidKind;
  return "result" in tool_call ? "tool_result" : "tool_request";
}

/** Whether its agent's turn is over once it has said this. */
export function endsTurn(said: Said): boolean {
  const kind = kindOf(said);
  return !kind.startsWith("tool_") || said.tool_call?.final === true;
}

const isMeant = (call: JsonObject): call is JsonObject & { name: keyof typeof toolCalls } =>
  !("result" in call) && typeof call.name === "string" && Object.hasOwn(toolCalls, call.name);

/** Whether it puts a question to the team; a result only tells what came of one. */
export const asksToDecide = ({ tool_call }: Said): boolean =>
  tool_call?.name === "decision.open" && !("result" in tool_call);

/**
 * Refuses a tool call that means something to the team's rules but cannot be understood.
 * @throws CommandError invalid_input, naming the fields
 */
export function assertUnderstood({ tool_call }: Said): void {
  if (tool_call === null || !isMeant(tool_call)) return;
  const { error } = toolCalls[tool_call.name].safeParse(tool_call);
  if (error) throw refusedFields(`A ${tool_call.name} is not right`, issuesAt("tool_call", error));
}

/** Whom a message hands the turn to, by name or agent_id; null if it does not. */
export function handoffOf(said: Said): string | null {
  return kindOf(said) === "handoff"
    ? toolCalls.handoff.parse(said.tool_call).arguments.agent
    : null;
}

/** Whom a message asks to do what, by name or agent_id; null if it delegates nothing. */
export function delegationOf(said: Said): {
  readonly asks: readonly (Omit<Ask, "agent_id"> & { agent: string })[];
  parallel: boolean;
} | null {
  if (kindOf(said) !== "delegate") return null;
  const { arguments: asked, parallel = false } = toolCalls.delegate.parse(said.tool_call);
  const asks = asked.map(({ agent, task = said.content }) => ({ agent, task }));
  return { asks, parallel };
}
