import type { Json } from "../../../contract/json.ts";
import type { Condition, SingleCondition } from "../../../contract/termination.ts";
import type { Happened, Met } from "../types.ts";
import { cost } from "./cost.ts";
import { expression } from "./expression.ts";
import { external } from "./external.ts";
import { functionCall } from "./function_call.ts";
import { handoff } from "./handoff.ts";
import type { ConditionKind, News } from "./kind.ts";
import { maxMessages } from "./max_messages.ts";
import { maxTurns } from "./max_turns.ts";
import { sourceMatch } from "./source_match.ts";
import { stopMessage } from "./stop_message.ts";
import { textMention } from "./text_mention.ts";
import { textMessage } from "./text_message.ts";
import { timeout } from "./timeout.ts";
import { tokenUsage } from "./token_usage.ts";

const kinds: { readonly [Type in SingleCondition["type"]]: ConditionKind<Type> } = {
  text_mention: textMention,
  max_turns: maxTurns,
  max_messages: maxMessages,
  timeout,
  token_usage: tokenUsage,
  cost,
  handoff,
  source_match: sourceMatch,
  stop_message: stopMessage,
  function_call: functionCall,
  text_message: textMessage,
  external,
  expression,
};

const kindOf = ({ type }: SingleCondition) => kinds[type] as ConditionKind<SingleCondition["type"]>;

/** What a tree has seen: of each child its own state, and what it said once it was met. */
interface Children {
  readonly states: readonly Json[];
  readonly met: readonly (readonly Met[])[];
}

/**
 * What a condition has counted when a run starts.
 * @param now when it starts
 */
export function startConditions(condition: Condition, now: string): Json {
  if ("type" in condition) return kindOf(condition).start?.(now) ?? null;
  const states = childrenOf(condition).map((child) => startConditions(child, now));
  return { states, met: states.map(() => []) };
}

/**
 * Tells a condition what is new.
 * @param state what it had counted; see startConditions
 * @param happened the task first, then each turn's messages, each once
 * @param turns turns that have ended in this run
 * @returns what it has counted now, and what is met: nothing while the run goes on
 */
export function checkConditions(
  condition: Condition,
  state: Json,
  happened: readonly Happened[],
  turns: number,
  now: string,
): { state: Json; met: readonly Met[] } {
  const looked = look(condition, state, { happened, turns, now });
  // What was found is the reason; the limit would only have ended the search.
  const found = looked.met.filter(({ code }) => code !== "max_turns");
  return { ...looked, met: found.length > 0 ? found : looked.met };
}

function look(condition: Condition, state: Json, news: News): { state: Json; met: readonly Met[] } {
  if ("type" in condition) {
    const { reason, ...looked } = kindOf(condition).look(condition, state, news);
    return { ...looked, met: reason === null ? [] : [{ code: condition.type, reason }] };
  }
  const before = state as unknown as Children;
  const looks = childrenOf(condition).map((child, index) => {
    const latched = before.met[index]!;
    // In AutoGen a part of an AND that was met stays so, and is not asked again.
    if (latched.length > 0) return { state: before.states[index]!, met: latched };
    return look(child, before.states[index]!, news);
  });
  const states = looks.map((one) => one.state);
  const all = looks.every(({ met }) => met.length > 0);
  return {
    state: { states, met: looks.map(({ met }) => met) } as unknown as Json,
    met: "any" in condition || all ? looks.flatMap(({ met }) => met) : [],
  };
}

const childrenOf = (condition: Exclude<Condition, SingleCondition>) =>
  "all" in condition ? condition.all : condition.any;

/**
 * When a timeout may be met next, so that somebody looks then.
 * @returns ISO 8601, UTC; null if the condition has none
 */
export function deadlineOf(condition: Condition, state: Json): string | null {
  if ("type" in condition) {
    if (condition.type !== "timeout") return null;
    return new Date(Date.parse(state as string) + condition.timeout_ms).toISOString();
  }
  const { states } = state as unknown as Children;
  const times = childrenOf(condition).flatMap(
    (child, index) => deadlineOf(child, states[index]!) ?? [],
  );
  return times.sort()[0] ?? null;
}
