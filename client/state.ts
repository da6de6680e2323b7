import type { Entry, EntryKind } from "../contract/entry.ts";
import type { Json, JsonObject } from "../contract/json.ts";
import type { LogEntry } from "../contract/log_entry.ts";
import type { Stop } from "../contract/run.ts";
import type { Session } from "../contract/session.ts";
import type { SessionMember } from "../contract/session_member.ts";
import type { Turn } from "../contract/turn.ts";
import { add } from "./decimal.ts";

/** What was used and spent: by a session, an agent, or in a run. */
export interface Totals {
  /** Tokens by bucket (`input`, `output`, `cached_input` …); the buckets are disjoint. */
  readonly tokens: Readonly<Record<string, number>>;
  /** Currency → exact amount, as a decimal string. */
  readonly cost: Readonly<Record<string, string>>;
}

/** An agent that the entries mention, and what it did. */
export interface AgentState extends Totals {
  readonly agent_id: string;
  readonly messages: number;
  /** How its turns ended: status → count. */
  readonly turns: Readonly<Record<string, number>>;
  /** Milliseconds that its turns were open, all together. */
  readonly turns_ms: number;
}

/** A person that the entries mention. */
export interface UserState {
  readonly user_id: string;
  readonly prompts: number;
  readonly comments: number;
}

/** A run, as the entries tell of it. */
export interface RunState extends Totals {
  readonly run_id: string;
  readonly prompt_id: string;
  readonly status: "active" | "paused" | "stopped";
  readonly started_at: string;
  readonly stopped_at: string | null;
  readonly stop: Stop | null;
}

/** An open turn. */
export type TurnState = Pick<
  Turn,
  "run_id" | "decision_id" | "agent_id" | "purpose" | "round" | "task" | "opened_at" | "deadline_at"
> & { readonly turn_id: string };

/** A ballot, as its entry tells of it. */
export interface BallotState {
  readonly agent_id: string;
  readonly choice: Json;
  readonly cast_at: string;
}

/** A decision, open or closed. */
export interface DecisionState {
  readonly decision_id: string;
  readonly run_id: string | null;
  readonly question: string;
  readonly options: readonly string[];
  readonly voters: readonly string[];
  readonly mechanism: JsonObject;
  readonly status: "open" | "closed";
  readonly ballots: readonly BallotState[];
  readonly outcome: JsonObject | null;
  readonly opened_at: string;
  readonly deadline_at: string | null;
  readonly closed_at: string | null;
}

/** What follows from the first `seq` entries of a session. */
export interface SessionState {
  readonly session_id: string;
  readonly seq: number;
  /** Null until an entry changes it: as the session was created. */
  readonly title: string | null;
  readonly status: Session["status"] | null;
  readonly agent_ids: readonly string[] | null;
  readonly tool_ids: readonly string[] | null;
  /** Members that entries added or changed, by user_id. Who created the session is not told by one. */
  readonly members: Readonly<Record<string, SessionMember>>;
  readonly agents: Readonly<Record<string, AgentState>>;
  readonly users: Readonly<Record<string, UserState>>;
  /** In the order in which they started. */
  readonly runs: readonly RunState[];
  readonly open_turns: Readonly<Record<string, TurnState>>;
  /** In the order in which they were opened. */
  readonly decisions: readonly DecisionState[];
  readonly entries: Readonly<Record<EntryKind, number>>;
  readonly totals: Totals;
}

const nothing: Totals = { tokens: {}, cost: {} };

/** The state of a session before its first entry. */
export function emptyState(session_id: string): SessionState {
  return {
    session_id,
    seq: 0,
    title: null,
    status: null,
    agent_ids: null,
    tool_ids: null,
    members: {},
    agents: {},
    users: {},
    runs: [],
    open_turns: {},
    decisions: [],
    entries: { message: 0, prompt: 0, comment: 0, log_entry: 0 },
    totals: nothing,
  };
}

/**
 * What follows when one more entry is known. The state given is left as it is, and what did not
 * change is shared with it.
 * @param entry the next one; one that the state already holds changes nothing
 * @throws Error when entries between the state and this one are missing
 */
export function reduce(state: SessionState, entry: Entry): SessionState {
  if (entry.seq <= state.seq) return state;
  if (entry.seq !== state.seq + 1) {
    throw new Error(`Entry ${entry.seq} does not follow ${state.seq}; those between are missing`);
  }
  const { entries } = state;
  const next: Draft = {
    ...state,
    seq: entry.seq,
    entries: { ...entries, [entry.kind]: entries[entry.kind] + 1 },
  };
  switch (entry.kind) {
    case "message":
      count(next, entry.sender_agent_id, (agent) => ({ messages: agent.messages + 1 }));
      break;
    case "prompt":
      mention(next, entry.created_by, (user) => ({ prompts: user.prompts + 1 }));
      break;
    case "comment":
      mention(next, entry.user_id, (user) => ({ comments: user.comments + 1 }));
      break;
    case "log_entry":
      record(next, entry);
  }
  return next;
}

type Draft = { -readonly [Key in keyof SessionState]: SessionState[Key] };

function count(
  state: Draft,
  agent_id: string,
  change: (agent: AgentState) => Partial<AgentState>,
): void {
  const agent = state.agents[agent_id] ?? {
    agent_id,
    messages: 0,
    turns: {},
    turns_ms: 0,
    ...nothing,
  };
  state.agents = { ...state.agents, [agent_id]: { ...agent, ...change(agent) } };
}

function mention(
  state: Draft,
  user_id: string,
  change: (user: UserState) => Partial<UserState>,
): void {
  const user = state.users[user_id] ?? { user_id, prompts: 0, comments: 0 };
  state.users = { ...state.users, [user_id]: { ...user, ...change(user) } };
}

function record(state: Draft, entry: LogEntry): void {
  if (entry.agent_id !== null && !state.agents[entry.agent_id]) {
    count(state, entry.agent_id, () => ({}));
  }
  if (entry.user_id !== null && !state.users[entry.user_id]) {
    mention(state, entry.user_id, () => ({}));
  }
  if (entry.type === "token_usage" || entry.type === "cost") {
    charge(state, entry);
    return;
  }
  const happened = typeof entry.data.event === "string" && events[entry.data.event];
  if (happened) happened(state, entry.data as never, entry);
}

/** What the fields of an event are; see server/orchestration/events.ts and server/actions. */
type Told<Fields> = (state: Draft, data: Fields, entry: LogEntry) => void;

const events: Record<string, Told<never> | undefined> = {
  "session.updated": ((state, { changes }) => {
    Object.assign(state, changes);
  }) as Told<{ changes: Partial<Draft> }>,

  "member.added": setMember as Told<never>,
  "member.changed": setMember as Told<never>,
  "member.removed": ((state, { user_id }) => {
    const { [user_id]: _, ...members } = state.members;
    state.members = members;
  }) as Told<{ user_id: string }>,

  "run.started": ((state, { run_id, prompt_id, status }, { created_at }) => {
    const times = { started_at: created_at, stopped_at: null };
    state.runs = [...state.runs, { run_id, prompt_id, status, stop: null, ...times, ...nothing }];
    state.status = "active";
  }) as Told<RunState>,
  "run.paused": ((state, { run_id }) => {
    changeRun(state, run_id, () => ({ status: "paused" }));
  }) as Told<RunState>,
  "run.resumed": ((state, { run_id }) => {
    changeRun(state, run_id, () => ({ status: "active" }));
  }) as Told<RunState>,
  "run.stopped": ((state, data, { created_at }) => {
    const { event: _, run_id, session_status: __, ...stop } = data;
    changeRun(state, run_id, () => ({ status: "stopped", stop, stopped_at: created_at }));
    state.status = "completed";
  }) as Told<Stop & { event: string; run_id: string; session_status: string }>,

  "turn.opened": ((state, data) => {
    const { turn_id, run_id, decision_id, agent_id, purpose, round, task } = data;
    const { opened_at, deadline_at } = data;
    const turn = { turn_id, run_id, decision_id, agent_id, purpose, round, task };
    state.open_turns = { ...state.open_turns, [turn_id]: { ...turn, opened_at, deadline_at } };
  }) as Told<TurnState>,
  "turn.closed": ((state, { turn_id, agent_id, status, closed_at }) => {
    const { [turn_id]: turn, ...open } = state.open_turns;
    state.open_turns = open;
    if (turn?.purpose !== "speak") return;
    const took = Date.parse(closed_at) - Date.parse(turn.opened_at);
    count(state, agent_id, ({ turns, turns_ms }) => ({
      turns: { ...turns, [status]: (turns[status] ?? 0) + 1 },
      turns_ms: turns_ms + took,
    }));
  }) as Told<{ turn_id: string; agent_id: string; status: string; closed_at: string }>,

  "decision.opened": ((state, data) => {
    const { decision_id, run_id, question, options, voters, mechanism } = data;
    const { opened_at, deadline_at } = data;
    const about = { decision_id, run_id, question, options, voters, mechanism };
    const fresh = { status: "open", ballots: [], outcome: null, closed_at: null } as const;
    state.decisions = [...state.decisions, { ...about, ...fresh, opened_at, deadline_at }];
  }) as Told<DecisionState>,
  "ballot.cast": ((state, { decision_id, agent_id, choice, cast_at }) => {
    changeDecision(state, decision_id, ({ ballots }) => ({
      ballots: [...ballots, { agent_id, choice, cast_at }],
    }));
  }) as Told<BallotState & { decision_id: string }>,
  "decision.closed": ((state, data) => {
    const { event: _, decision_id, run_id: __, question: ___, closed_at, ...outcome } = data;
    changeDecision(state, decision_id, () => ({ status: "closed", outcome, closed_at }));
  }) as Told<{
    event: string;
    decision_id: string;
    run_id: string | null;
    question: string;
    closed_at: string;
    [key: string]: Json;
  }>,
};

function setMember(
  state: Draft,
  { id, session_id, user_id, role, joined_at }: SessionMember,
): void {
  state.members = { ...state.members, [user_id]: { id, session_id, user_id, role, joined_at } };
}

function changeRun(
  state: Draft,
  run_id: string,
  change: (run: RunState) => Partial<RunState>,
): void {
  // It is nearly always the newest.
  const place = state.runs.findLastIndex((run) => run.run_id === run_id);
  const run = state.runs[place];
  if (run) state.runs = state.runs.with(place, { ...run, ...change(run) });
}

function changeDecision(
  state: Draft,
  decision_id: string,
  change: (decision: DecisionState) => Partial<DecisionState>,
): void {
  const place = state.decisions.findLastIndex((one) => one.decision_id === decision_id);
  const decision = state.decisions[place];
  if (decision) state.decisions = state.decisions.with(place, { ...decision, ...change(decision) });
}

const buckets = ["input", "output", "cached_input", "cache_write", "reasoning"] as const;

/** Without a turn_id it is charged to the turn that its agent holds. */
function charge(state: Draft, { type, agent_id, data }: LogEntry): void {
  const spend = ({ tokens, cost }: Totals): Totals => {
    if (type === "token_usage") {
      const used = buckets.filter((bucket) => data[bucket] !== undefined);
      const sums = used.map((bucket) => [bucket, (tokens[bucket] ?? 0) + Number(data[bucket])]);
      return { tokens: { ...tokens, ...Object.fromEntries(sums) }, cost };
    }
    const { currency, amount } = data as { currency: string; amount: string };
    return { tokens, cost: { ...cost, [currency]: add(cost[currency] ?? "0", amount) } };
  };
  state.totals = spend(state.totals);
  if (agent_id !== null) count(state, agent_id, spend);
  const held = Object.values(state.open_turns).find(
    (turn) => turn.turn_id === data.turn_id || (!data.turn_id && turn.agent_id === agent_id),
  );
  const run_id = data.run_id ?? held?.run_id;
  if (typeof run_id === "string") changeRun(state, run_id, spend);
}
