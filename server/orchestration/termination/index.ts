import type { Json } from "../../../contract/json.ts";
import type { Condition, SingleCondition } from "../../../contract/termination.ts";
import type { Happened, Met } from "../types.ts";
import { cost } from "./cost.ts";
import { expression } from "./expression.ts";
import { external } from "./external.ts";
import { functionCall } from "./function_call.ts";
import { handoff } from "./handoff.ts";
import type { ConditionKind, Standing } from "./kind.ts";
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

/** What an `all` keeps: what each child does, and what those that were met said, in that order. */
interface AllState {
  readonly states: readonly Json[];
  readonly latched: readonly { readonly child: number; readonly met: readonly Met[] }[];
}

/**
 * What a condition keeps when a run starts.
 * @param now when it starts; ISO 8601, UTC
 */
export function startConditions(condition: Condition, now: string): Json {
  if ("type" in condition) return kindOf(condition).start?.(now) ?? null;
  if ("any" in condition) return condition.any.map((child) => startConditions(child, now));
  return { states: condition.all.map((child) => startConditions(child, now)), latched: [] };
}

/**
 * Tells a condition what happened: the task first, then each message, and what was used.
 * @param state what it kept; see startConditions
 * @returns what it keeps then
 */
export function hearConditions(condition: Condition, state: Json, happened: Happened): Json {
  return changeStates(condition, state, (one, kept) => {
    const { hear } = kindOf(one);
    return hear ? hear(one, kept, happened) : kept;
  });
}

/** Whether what is said has to be kept until the condition is looked at, since nobody knows what it will ask. */
export function asksForWords(condition: Condition): boolean {
  if ("type" in condition) return condition.type === "expression";
  return ("any" in condition ? condition.any : condition.all).some(asksForWords);
}

/**
 * Looks whether a condition is met, once a turn has ended or time is up.
 * @param state what it kept
 * @param standing where the run stands
 * @returns what it keeps from now on, and what is met: nothing while the run goes on
 */
export function checkConditions(
  condition: Condition,
  state: Json,
  standing: Standing,
): { state: Json; met: readonly Met[] } {
  if ("any" in condition) return lookAny(condition.any, state as Json[], standing);
  if ("all" in condition) return lookAll(condition.all, state as unknown as AllState, standing);
  const { reason, ...looked } = kindOf(condition).look(condition, state, standing);
  return { ...looked, met: reason === null ? [] : [{ code: condition.type, reason }] };
}

function lookAny(children: readonly Condition[], states: readonly Json[], standing: Standing) {
  const looks = children.map((child, index) => checkConditions(child, states[index]!, standing));
  const met = looks.flatMap((one) => one.met);
  // What was found is the reason; the limit would only have ended the search.
  const found = looks.flatMap((one, index) => (isLimit(children[index]!) ? [] : one.met));
  return { state: looks.map((one) => one.state), met: found.length > 0 ? found : met };
}

const isLimit = (condition: Condition) => "type" in condition && condition.type === "max_turns";

const isLatched = ({ latched }: AllState, index: number) =>
  latched.some(({ child }) => child === index);

/** As in AutoGen, what was met once stays so, is not asked again, and is named first. */
function lookAll(children: readonly Condition[], before: AllState, standing: Standing) {
  const looks = children.map((child, index) => {
    const state = before.states[index]!;
    return isLatched(before, index) ? { state, met: [] } : checkConditions(child, state, standing);
  });
  const fresh = looks.flatMap(({ met }, child) => (met.length > 0 ? [{ child, met }] : []));
  const latched = [...before.latched, ...fresh];
  const state = { states: looks.map((one) => one.state), latched } as unknown as Json;
  const met = latched.length === children.length ? latched.flatMap((one) => one.met) : [];
  return { state, met };
}

/**
 * Sets every `external` condition, as AutoGen's ExternalTermination.set() does: it is met at the next
 * look.
 * @returns what the condition keeps then; the same if there is nothing to set
 */
export function setExternal(condition: Condition, state: Json): Json {
  return changeStates(condition, state, (one, kept) => (one.type === "external" ? true : kept));
}

/** Changes what each condition of a tree keeps, but for those that an `all` has latched. */
function changeStates(
  condition: Condition,
  state: Json,
  change: (one: SingleCondition, kept: Json) => Json,
): Json {
  if ("type" in condition) return change(condition, state);
  if ("any" in condition) {
    const states = state as Json[];
    return condition.any.map((child, index) => changeStates(child, states[index]!, change));
  }
  const before = state as unknown as AllState;
  const states = condition.all.map((child, index) => {
    const kept = before.states[index]!;
    return isLatched(before, index) ? kept : changeStates(child, kept, change);
  });
  return { ...before, states } as unknown as Json;
}

/**
 * When a timeout will be met next, so that somebody looks then.
 * @returns ISO 8601, UTC; null if no timeout is ahead. Changes with the state: a timeout that an `all`
 *   has latched needs no look any more
 */
export function deadlineOf(condition: Condition, state: Json): string | null {
  if ("any" in condition) return earliest(condition.any, state as Json[]);
  if ("all" in condition) {
    const all = state as unknown as AllState;
    const isAhead = (_: unknown, index: number) => !isLatched(all, index);
    return earliest(condition.all.filter(isAhead), all.states.filter(isAhead));
  }
  if (condition.type !== "timeout") return null;
  return new Date(Date.parse(state as string) + condition.timeout_ms).toISOString();
}

function earliest(children: readonly Condition[], states: readonly Json[]): string | null {
  const times = children.flatMap((child, index) => deadlineOf(child, states[index]!) ?? []);
  return times.sort()[0] ?? null;
}
