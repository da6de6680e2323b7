import type * as z from "zod";
import type { Entry, EntryKind } from "../contract/entry.ts";
import type { Cost, TokenUsage } from "../contract/log_entry.ts";
import { addDecimals } from "./decimal.ts";

/** Tokens in disjoint buckets, which may be added up; as a token_usage log entry has them. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly cached_input: number;
  readonly cache_write: number;
  readonly reasoning: number;
}

/** Currency → amount as a decimal string. */
export type Money = Readonly<Record<string, string>>;

/** Sums over a session's entries. */
export interface Totals {
  readonly entries: Readonly<Record<EntryKind, number>>;
  /** By agent. */
  readonly messages: Readonly<Record<string, number>>;
  readonly tokens: Sums<Tokens> & { readonly models: Readonly<Record<string, Tokens>> };
  readonly cost: Sums<Money>;
  /** Turns that ended, by agent, and how long they took together and at the most. */
  readonly turns: Readonly<Record<string, TurnTotals>>;
}

/** The sum of everything, and those of what is charged to an agent or a run. */
interface Sums<Sum> {
  readonly all: Sum;
  readonly agents: Readonly<Record<string, Sum>>;
  readonly runs: Readonly<Record<string, Sum>>;
}

export interface TurnTotals {
  readonly count: number;
  readonly duration_ms: number;
  readonly longest_ms: number;
}

const noTokens: Tokens = { input: 0, output: 0, cached_input: 0, cache_write: 0, reasoning: 0 };
const noMoney: Money = {};
const noTurns: TurnTotals = { count: 0, duration_ms: 0, longest_ms: 0 };

/** Of a session without entries. */
export const noTotals: Totals = {
  entries: { message: 0, prompt: 0, comment: 0, log_entry: 0 },
  messages: {},
  tokens: { all: noTokens, agents: {}, runs: {}, models: {} },
  cost: { all: noMoney, agents: {}, runs: {} },
  turns: {},
};

/**
 * Counts an entry.
 * @param runOf says to which run a log entry of tokens or costs is charged
 */
export function count(
  totals: Totals,
  entry: Entry,
  runOf: (charged: { turn_id?: string | undefined; run_id?: string | undefined }) => string | null,
): Totals {
  const entries = { ...totals.entries, [entry.kind]: totals.entries[entry.kind] + 1 };
  if (entry.kind === "message") {
    const messages = changed(totals.messages, entry.sender_agent_id, 0, (sum) => sum + 1);
    return { ...totals, entries, messages };
  }
  if (entry.kind !== "log_entry") return { ...totals, entries };
  if (entry.type === "token_usage") {
    const usage = entry.data as z.infer<typeof TokenUsage>;
    const add = (sum: Tokens) => addTokens(sum, usage);
    const sums = addTo(totals.tokens, noTokens, entry.agent_id, runOf(usage), add);
    const models = changed(totals.tokens.models, usage.model, noTokens, add);
    return { ...totals, entries, tokens: { ...sums, models } };
  }
  if (entry.type === "cost") {
    const { amount, currency, ...charged } = entry.data as z.infer<typeof Cost>;
    const add = (sum: Money) =>
      changed(sum, currency, "0", (before) => addDecimals(before, amount));
    const cost = addTo(totals.cost, noMoney, entry.agent_id, runOf(charged), add);
    return { ...totals, entries, cost };
  }
  return { ...totals, entries };
}

/** Counts a turn that ended. */
export function countTurn(totals: Totals, agent_id: string, duration_ms: number): Totals {
  const turns = changed(totals.turns, agent_id, noTurns, (sum) => ({
    count: sum.count + 1,
    duration_ms: sum.duration_ms + duration_ms,
    longest_ms: Math.max(sum.longest_ms, duration_ms),
  }));
  return { ...totals, turns };
}

/**
 * Changes one value of a record.
 * @param otherwise the value if there is none
 */
export function changed<Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
  otherwise: Value,
  change: (value: Value) => Value,
): Readonly<Record<string, Value>> {
  // A model may be called `constructor`.
  const before = Object.hasOwn(record, key) ? record[key]! : otherwise;
  return { ...record, [key]: change(before) };
}

function addTo<Sum>(
  sums: Sums<Sum>,
  none: Sum,
  agent_id: string | null,
  run_id: string | null,
  add: (sum: Sum) => Sum,
): Sums<Sum> {
  const { all, agents, runs } = sums;
  return {
    all: add(all),
    agents: agent_id === null ? agents : changed(agents, agent_id, none, add),
    runs: run_id === null ? runs : changed(runs, run_id, none, add),
  };
}

function addTokens(sum: Tokens, usage: z.infer<typeof TokenUsage>): Tokens {
  return {
    input: sum.input + usage.input,
    output: sum.output + usage.output,
    cached_input: sum.cached_input + (usage.cached_input ?? 0),
    cache_write: sum.cache_write + (usage.cache_write ?? 0),
    reasoning: sum.reasoning + (usage.reasoning ?? 0),
  };
}
