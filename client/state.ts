import type { Ballot, Decision } from "../contract/decision.ts";
import type { Entry } from "../contract/entry.ts";
import type { JsonObject } from "../contract/json.ts";
import type { LogEntry } from "../contract/log_entry.ts";
import type { Run } from "../contract/run.ts";
import type { Session } from "../contract/session.ts";
import type { SessionMember } from "../contract/session_member.ts";
import type { Turn } from "../contract/turn.ts";
import {
  addUsage,
  count,
  countTurn,
  isUsage,
  noTotals,
  noUsage,
  type Totals,
  type Usage,
} from "./totals.ts";

/** Raised whenever a SessionState gets another shape: kept ones of another version are not used. */
export const STATE_VERSION = 1;

/** Ended turns that are kept; the totals know of all. */
const KEPT_TURNS = 50;

/** A run as the stream tells of it, and what was charged to it. */
export type RunState = Pick<Run, "prompt_id" | "status" | "stop" | "started_at" | "stopped_at"> &
  Usage & { readonly run_id: string };

/** A turn as the stream tells of it. */
export type TurnState = Omit<Turn, "id" | "session_id"> & {
  readonly turn_id: string;
  /** How long it took; null while it is open. */
  readonly duration_ms: number | null;
};

/** A decision as the stream tells of it, with its ballots in the order in which they were cast. */
export type DecisionState = Omit<Decision, "id" | "session_id"> & {
  readonly decision_id: string;
  readonly ballots: readonly BallotState[];
};
export type BallotState = Omit<Ballot, "id" | "decision_id"> & { readonly ballot_id: string };

/** All that follows from the entries 1 to `seq` of a session; plain JSON. */
export interface SessionState {
  readonly session_id: string;
  /** Number of the last entry in it, or 0. */
  readonly seq: number;
  /** Null until it was changed for the first time: the stream does not tell how a session began. */
  readonly title: string | null;
  readonly status: Session["status"];
  /** When title, status, agents or tools changed last. */
  readonly updated_at: string | null;
  /** Who was let in, by user; the owner only if emptyState was told. */
  readonly members: Readonly<Record<string, SessionMember>>;
  /** Agents that an entry mentions → the first that does. */
  readonly agents: Seen;
  /** People whom an entry mentions → the first that does. */
  readonly users: Seen;
  /** The oldest first. */
  readonly runs: readonly RunState[];
  /** The oldest first. */
  readonly open_turns: readonly TurnState[];
  /** Of those that ended, the newest, the last to end last. */
  readonly closed_turns: readonly TurnState[];
  /** The oldest first. */
  readonly decisions: readonly DecisionState[];
  readonly totals: Totals;
}

type Seen = Readonly<Record<string, { readonly first_seq: number }>>;

/**
 * A session before its first entry.
 * @param owner its place among the members, which no entry tells of and which never changes
 */
export function emptyState(session_id: string, owner?: SessionMember): SessionState {
  return {
    session_id,
    seq: 0,
    title: null,
    status: "active",
    updated_at: null,
    members: owner ? { [owner.user_id]: owner } : {},
    agents: {},
    users: {},
    runs: [],
    open_turns: [],
    closed_turns: [],
    decisions: [],
    totals: noTotals,
  };
}

/**
 * Folds one entry into a state. Pure: the state given is as it was, and shares with the new one what
 * did not change.
 * @param entry the one after `state.seq`; one that is in it already changes nothing
 * @throws Error when entries were left out
 */
export function reduce(state: SessionState, entry: Entry): SessionState {
  if (entry.seq <= state.seq) return state;
  if (entry.seq > state.seq + 1) {
    throw new Error(`Entry ${entry.seq} does not follow on entry ${state.seq}`);
  }
  const next = { ...state, seq: entry.seq, totals: count(state.totals, entry) };
  switch (entry.kind) {
    case "message":
      return { ...next, agents: seen(state.agents, entry.sender_agent_id, entry) };
    case "prompt":
      return { ...next, users: seen(state.users, entry.created_by, entry) };
    case "comment":
      return { ...next, users: seen(state.users, entry.user_id, entry) };
    case "log_entry": {
      const agents = seen(state.agents, entry.agent_id, entry);
      const users = seen(state.users, entry.user_id, entry);
      const known = { ...next, agents, users };
      return isUsage(entry) ? charge(known, entry) : happened(known, entry);
    }
  }
}

function seen(before: Seen, id: string | null, { seq }: Entry): Seen {
  return id === null || id in before ? before : { ...before, [id]: { first_seq: seq } };
}

/** Charges a run: the one that is named, else that of the turn that is named, else the one under way. */
function charge(state: SessionState, entry: LogEntry): SessionState {
  const { turn_id, run_id = runOfTurn(state, turn_id) } = entry.data;
  const place = state.runs.findLastIndex((run) =>
    run_id === undefined ? run.status !== "stopped" : run.run_id === run_id,
  );
  const run = state.runs[place];
  if (!run) return state;
  return { ...state, runs: state.runs.with(place, { ...run, ...addUsage(run, entry) }) };
}

function runOfTurn({ open_turns, closed_turns }: SessionState, turn_id: unknown) {
  if (turn_id === undefined) return undefined;
  const isMeant = (turn: TurnState) => turn.turn_id === turn_id;
  return (open_turns.find(isMeant) ?? closed_turns.findLast(isMeant))?.run_id ?? undefined;
}

/** What a log entry that the server wrote tells; see server/orchestration/events.ts and `eventDraft`. */
function happened(state: SessionState, { data: { event, ...data }, created_at }: LogEntry) {
  switch (event) {
    case "session.updated":
      return sessionUpdated(state, data);
    case "member.added":
    case "member.changed": {
      const member = data as SessionMember;
      return { ...state, members: { ...state.members, [member.user_id]: member } };
    }
    case "member.removed": {
      const { [data.user_id as string]: _, ...members } = state.members;
      return { ...state, members };
    }
    case "run.started":
    case "run.paused":
    case "run.resumed":
    case "run.stopped":
      return runChanged(state, data, created_at);
    case "turn.opened":
      return turnOpened(state, data as Event<Turn, "turn_id">);
    case "turn.closed":
      return turnClosed(state, data as Event<Turn, "turn_id">);
    case "decision.opened": {
      const { session_id: _, ...opened } = data as Event<Decision, "decision_id">;
      const decision = { ...opened, outcome: null, ballots: [] };
      return { ...state, decisions: [...state.decisions, decision] };
    }
    case "ballot.cast": {
      const { decision_id, ...ballot } = data as Event<Ballot, "ballot_id">;
      return decisionChanged(state, decision_id, (decision) => ({
        ballots: [...decision.ballots, ballot],
      }));
    }
    case "decision.closed": {
      const {
        decision_id,
        run_id: _,
        question: __,
        closed_at,
        ...outcome
      } = data as JsonObject & Event<Decision, "decision_id">;
      const closed = { status: "closed", outcome: outcome as JsonObject, closed_at } as const;
      return decisionChanged(state, decision_id, () => closed);
    }
    default:
      return state;
  }
}

/** The fields of a row as an event has them: with another name for the id. */
type Event<Row, Id extends string> = Omit<Row, "id"> & { readonly [Name in Id]: string };

function sessionUpdated(state: SessionState, data: JsonObject): SessionState {
  const { changes, updated_at } = data as {
    changes: Partial<Pick<Session, "title" | "status">>;
    updated_at: string;
  };
  const { title = state.title, status = state.status } = changes;
  return { ...state, title, status, updated_at };
}

function runChanged(state: SessionState, data: JsonObject, at: string): SessionState {
  const { run_id, prompt_id, status, session_status, ...stop } = data as {
    run_id: string;
    prompt_id: string;
    status?: Run["status"];
    session_status?: Session["status"];
  } & Run["stop"];
  const session = session_status ? { status: session_status, updated_at: at } : {};
  const place = state.runs.findLastIndex((run) => run.run_id === run_id);
  const before = state.runs[place];
  const run: RunState = !before
    ? {
        run_id,
        prompt_id,
        status: status!,
        stop: null,
        started_at: at,
        stopped_at: null,
        ...noUsage,
      }
    : status
      ? { ...before, status }
      : { ...before, status: "stopped", stop: stop as Run["stop"], stopped_at: at };
  const runs = before ? state.runs.with(place, run) : [...state.runs, run];
  return { ...state, ...session, runs };
}

function turnOpened(state: SessionState, data: Event<Turn, "turn_id">): SessionState {
  const { session_id: _, turn_id, ...turn } = data;
  const opened: TurnState = {
    ...turn,
    turn_id,
    status: "open",
    message_id: null,
    closed_at: null,
    duration_ms: null,
  };
  return { ...state, open_turns: [...state.open_turns, opened] };
}

function turnClosed(state: SessionState, data: Event<Turn, "turn_id">): SessionState {
  const turn = state.open_turns.find(({ turn_id }) => turn_id === data.turn_id)!;
  const { status, message_id, closed_at } = data;
  const duration_ms = Date.parse(closed_at!) - Date.parse(turn.opened_at);
  const closed: TurnState = { ...turn, status, message_id, closed_at, duration_ms };
  return {
    ...state,
    open_turns: state.open_turns.filter((one) => one !== turn),
    closed_turns: [...state.closed_turns.slice(1 - KEPT_TURNS), closed],
    totals: countTurn(state.totals, turn.agent_id, duration_ms),
  };
}

function decisionChanged(
  state: SessionState,
  decision_id: string,
  change: (decision: DecisionState) => Partial<DecisionState>,
): SessionState {
  const place = state.decisions.findLastIndex((decision) => decision.decision_id === decision_id);
  const decision = state.decisions[place]!;
  return { ...state, decisions: state.decisions.with(place, { ...decision, ...change(decision) }) };
}
