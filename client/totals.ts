import { addDecimals } from "../contract/decimal.ts";
import type { Entry, EntryKind } from "../contract/entry.ts";
import type { LogEntry } from "../contract/log_entry.ts";

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

/** What was used, and what it cost. */
export interface Usage {
  readonly tokens: Tokens;
  readonly cost: Money;
}

export interface AgentTotals extends Usage {
  readonly agent_id: string;
  readonly messages: number;
  /** Turns that ended, and how long they took together and at the most. */
  readonly turns: number;
  readonly turns_ms: number;
  readonly longest_turn_ms: number;
}

export interface ModelTotals {
  readonly model: string;
  readonly tokens: Tokens;
}

/**
 * Sums over a session's entries. Lists rather than records: to copy a list costs a hundredth, and one is
 * copied for most entries.
 */
export interface Totals extends Usage {
  readonly entries: Readonly<Record<EntryKind, number>>;
  /** As they appeared. */
  readonly agents: readonly AgentTotals[];
  readonly models: readonly ModelTotals[];
}

/** Nothing used. */
export const noUsage: Usage = {
  tokens: { input: 0, output: 0, cached_input: 0, cache_write: 0, reasoning: 0 },
  cost: {},
};

/** Of a session without entries. */
export const noTotals: Totals = {
  ...noUsage,
  entries: { message: 0, prompt: 0, comment: 0, log_entry: 0 },
  agents: [],
  models: [],
};

/** Counts an entry. */
export function count(totals: Totals, entry: Entry): Totals {
  const entries = { ...totals.entries, [entry.kind]: totals.entries[entry.kind] + 1 };
  if (entry.kind === "message") {
    const agents = withAgent(totals.agents, entry.sender_agent_id, ({ messages }) => ({
      messages: messages + 1,
    }));
    return { ...totals, entries, agents };
  }
  if (entry.kind !== "log_entry" || !isUsage(entry)) return { ...totals, entries };
  const { agent_id } = entry;
  const agents =
    agent_id === null
      ? totals.agents
      : withAgent(totals.agents, agent_id, (agent) => addUsage(agent, entry));
  const models = entry.type === "cost" ? totals.models : withModel(totals.models, entry);
  return { ...totals, ...addUsage(totals, entry), entries, agents, models };
}

/** Counts a turn that ended. */
export function countTurn(totals: Totals, agent_id: string, duration_ms: number): Totals {
  const agents = withAgent(totals.agents, agent_id, (agent) => ({
    turns: agent.turns + 1,
    turns_ms: agent.turns_ms + duration_ms,
    longest_turn_ms: Math.max(agent.longest_turn_ms, duration_ms),
  }));
  return { ...totals, agents };
}

/** Whether a log entry tells of tokens or a cost. */
export function isUsage({ type }: LogEntry): boolean {
  return type === "token_usage" || type === "cost";
}

/** Adds what a log entry of tokens or a cost tells of; see TokenUsage and Cost of contract/log_entry.ts. */
export function addUsage({ tokens, cost }: Usage, { type, data }: LogEntry): Usage {
  if (type === "cost") {
    const { amount, currency } = data as { amount: string; currency: string };
    return { tokens, cost: { ...cost, [currency]: addDecimals(cost[currency] ?? "0", amount) } };
  }
  return { tokens: addTokens(tokens, data as Partial<Tokens>), cost };
}

function addTokens(sum: Tokens, more: Partial<Tokens>): Tokens {
  return {
    input: sum.input + (more.input ?? 0),
    output: sum.output + (more.output ?? 0),
    cached_input: sum.cached_input + (more.cached_input ?? 0),
    cache_write: sum.cache_write + (more.cache_write ?? 0),
    reasoning: sum.reasoning + (more.reasoning ?? 0),
  };
}

function withAgent(
  agents: readonly AgentTotals[],
  agent_id: string,
  change: (agent: AgentTotals) => Partial<AgentTotals>,
): readonly AgentTotals[] {
  const place = agents.findIndex((agent) => agent.agent_id === agent_id);
  const none = { agent_id, messages: 0, turns: 0, turns_ms: 0, longest_turn_ms: 0, ...noUsage };
  const agent = agents[place] ?? none;
  return put(agents, place, { ...agent, ...change(agent) });
}

function withModel(models: readonly ModelTotals[], { data }: LogEntry): readonly ModelTotals[] {
  const model = data.model as string;
  const place = models.findIndex((one) => one.model === model);
  const { tokens } = models[place] ?? noUsage;
  return put(models, place, { model, tokens: addTokens(tokens, data as Partial<Tokens>) });
}

/** @param place -1 to add it at the end */
function put<One>(list: readonly One[], place: number, one: One): readonly One[] {
  return place === -1 ? [...list, one] : list.with(place, one);
}
