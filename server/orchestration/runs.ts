import { addDecimals } from "../../contract/decimal.ts";
import { CommandError } from "../../contract/errors.ts";
import type { Turn } from "../../contract/turn.ts";
import { closeDecision, complaintAbout, openRound, winnerOf } from "./decisions.ts";
import { nameOf, speakersOf } from "./members.ts";
import type { OpenDecision, OrchestratedRun, RunState } from "./room.ts";
import type { Scene } from "./scene.ts";
import { checkPlan, teamTypeOf } from "./teams/index.ts";
import {
  asksForWords,
  checkConditions,
  deadlineOf,
  hearConditions,
  setExternal,
  startConditions,
} from "./termination/index.ts";
import type { Ask, ClosedTurn, Cue, Happened, Met, Next, Said } from "./types.ts";

/** Prompts that may wait for their runs: they are part of the run's state, and may all end at once. */
const MOST_QUEUED = 100;
/** How often each may pass, on average, before a run ends in which nobody says anything. */
const PASSES_EACH = 2;

const fresh: Omit<RunState, "team" | "conditions"> = {
  heard: [],
  held: [],
  waiting: false,
  decision_id: null,
  queue: [],
  stopping: null,
  retries: {},
  turns: 0,
  messages: 0,
  tokens: { input: 0, output: 0 },
  cost: {},
};

/** A person says what is to be done: that starts a run, or reaches the one there is. */
export function prompt(scene: Scene, id: string, said: Said): void {
  const { run } = scene;
  if (!run) {
    start(scene, id, said, []);
    return;
  }
  const { plan, state, status } = run;
  const { on_prompt = "steer" } = plan.config;
  const takes = teamTypeOf(plan).prompted !== undefined;
  const isWaited = takes && state.waiting && !state.held.some(({ kind }) => kind === "prompt");
  if (on_prompt === "interrupt") {
    stopNow(scene, "interrupted", "A new prompt took its place", []);
    start(scene, id, said, state.queue);
  } else if (on_prompt === "queue" && !isWaited) {
    assertMayQueue(state);
    scene.changeState({ queue: [...state.queue, { id, said }] });
  } else {
    hear(scene, { kind: "said", said });
    // The team may come to wait for it by what it has not been told yet.
    if (isWaited || (takes && status === "paused")) goOn(scene, { kind: "prompt", said });
  }
}

function assertMayQueue({ queue }: RunState): void {
  if (queue.length < MOST_QUEUED) return;
  const message = `${MOST_QUEUED} prompts wait for their runs already; stop this one, or wait`;
  throw new CommandError("conflict", message);
}

function start(scene: Scene, prompt_id: string, said: Said, queue: RunState["queue"]): void {
  const { plan, run: before, session_id, isEnding } = scene.room;
  if (isEnding) return;
  const sameKind =
    before?.plan.type === plan.type && before.plan.config.strategy === plan.config.strategy;
  const team = sameKind ? before.state.team : null;
  const { termination } = plan;
  const conditions = termination && startConditions(termination, scene.now);
  const run: OrchestratedRun = {
    // The newest run of a session is the one with the greatest id, whichever node began it.
    id: scene.newId(before?.id),
    session_id,
    prompt_id,
    status: "active",
    plan: plan as OrchestratedRun["plan"],
    state: { ...fresh, team, conditions, queue },
    stop: null,
    started_at: scene.now,
    deadline_at: termination && deadlineOf(termination, conditions),
    stopped_at: null,
  };
  scene.room = { ...scene.room, run };
  note(scene, { kind: "said", said });
  scene.effects.push({ kind: "run.started", run: scene.run! });
  const [complaint] = checkPlan(plan);
  if (complaint) stopNow(scene, "failed", complaint, []);
  else if (!stopIfMet(scene)) proceed(scene, teamTypeOf(plan).begin(plan, team, said));
}

/** Lets the team say what comes next, or puts that off until the run is resumed. */
function goOn(scene: Scene, cue: Cue): void {
  const { status, state } = scene.run!;
  if (status === "paused") scene.changeState({ held: [...state.held, cue] });
  else proceed(scene, nextAfter(scene, cue, []));
}

/** @param later cues that the team has not been told of yet: their turns still count as open */
function nextAfter(scene: Scene, cue: Cue, later: readonly Cue[]): Next {
  const { plan, state } = scene.run!;
  const type = teamTypeOf(plan);
  switch (cue.kind) {
    case "prompt":
      return type.prompted!(plan, state.team, cue.said);
    case "decision":
      return type.decided!(plan, state.team, cue.winner);
    case "turn": {
      if (takesRetry(scene, cue.turn)) {
        return { kind: "turns", asks: [cue.turn], round: cue.turn.round, state: state.team };
      }
      if (cue.turn.status === "passed") scene.changeState({ passes: (state.passes ?? 0) + 1 });
      const ended = later.flatMap((one) => (one.kind === "turn" ? [one.turn] : []));
      const open = [...scene.speaking, ...ended].map(({ agent_id }) => agent_id);
      const next = type.after(plan, state.team, cue.turn, open);
      const end = next.kind === "turns" ? endBefore(scene, cue.turn, next.asks) : null;
      return end === null ? next : { kind: "stop", ...end, state: state.team };
    }
  }
}

/** Why those turns would lead nowhere, though no condition is met: else a run could go on for ever. */
function endBefore(
  scene: Scene,
  { agent_id, status }: ClosedTurn,
  asks: readonly Ask[],
): Pick<Met, "code" | "reason"> | null {
  const { plan, state } = scene.run!;
  const { passes = 0 } = state;
  if (status === "passed" && passes >= PASSES_EACH * speakersOf(plan).length) {
    return { code: "passed", reason: `Nobody has anything to say: ${passes} turns were passed` };
  }
  if (scene.isAbsent(agent_id) && asks.every((ask) => ask.agent_id === agent_id)) {
    const name = nameOf(plan, agent_id);
    return { code: "failed", reason: `${name} has the turn, and takes none in the team any more` };
  }
  return null;
}

/** Does what the team wants next. */
function proceed(scene: Scene, next: Next): void {
  scene.changeState({ team: next.state, waiting: false });
  switch (next.kind) {
    case "turns":
      for (const ask of next.asks) scene.openTurn(ask, next.round);
      break;
    case "wait":
      scene.changeState({ waiting: scene.speaking.length === 0 });
      break;
    case "decide":
      decide(scene, next.options, next.round);
      break;
    case "stop":
      stopNow(scene, next.code, next.reason, []);
      break;
  }
}

function decide(scene: Scene, options: readonly string[], round: number): void {
  const { plan } = scene;
  const question = `Which answer of round ${round} is the team's?`;
  const mechanism = plan.mechanism!;
  const asked = { kind: "open_decision", question, options, mechanism, deadline_ms: null } as const;
  const why = complaintAbout(scene, asked);
  if (why !== null) {
    // Such as two members who answer `abstain`: nobody's fault, and no reason to refuse an answer.
    const undecided = { run_id: scene.run!.id, round, options, why };
    scene.effects.push({ kind: "round.undecided", undecided });
    goOn(scene, { kind: "decision", winner: null });
    return;
  }
  const decision = openRound(scene, asked);
  scene.changeState({ decision_id: decision.id });
  decided(scene, decision);
}

/** Goes on with the run if it waited for this decision, and it is closed. */
export function decided(scene: Scene, decision: OpenDecision): void {
  const { run } = scene;
  if (decision.status === "open" || !run || run.state.decision_id !== decision.id) return;
  scene.changeState({ decision_id: null });
  if (!stopIfMet(scene)) goOn(scene, { kind: "decision", winner: winnerOf(decision) });
}

/** Tells the conditions, which are looked at when a turn ends. */
function note(scene: Scene, happened: Happened): void {
  const { plan, state } = scene.run!;
  const { termination } = plan;
  if (!termination) return;
  scene.changeState({ conditions: hearConditions(termination, state.conditions, happened) });
  if (happened.kind !== "said" || !asksForWords(termination)) return;
  scene.changeState({ said: [...(state.said ?? []), happened.said] });
}

/** Tells the conditions what a node of the version before left for when it would look. */
function noteLeft(scene: Scene): void {
  const { heard } = scene.run!.state;
  if (heard.length === 0) return;
  scene.changeState({ heard: [] });
  for (const happened of heard) note(scene, happened);
}

/** Counts what was said or used, and tells the conditions. */
export function hear(scene: Scene, happened: Happened): void {
  if (!scene.run) return;
  noteLeft(scene);
  note(scene, happened);
  const { state } = scene.run;
  if (happened.kind === "said") {
    const messages = state.messages + (happened.said.agent_id === null ? 0 : 1);
    scene.changeState({ messages, passes: 0 });
  } else if (happened.kind === "usage") {
    const input = state.tokens.input + happened.prompt;
    const output = state.tokens.output + happened.completion;
    scene.changeState({ tokens: { input, output } });
  } else {
    const { currency, amount } = happened;
    const sum = addDecimals(state.cost[currency] ?? "0", amount);
    scene.changeState({ cost: { ...state.cost, [currency]: sum } });
  }
}

/** Ends a turn in which somebody was to speak, and lets the run go on. */
export function closeTurn(
  scene: Scene,
  turn: Turn,
  status: ClosedTurn["status"],
  answer: { id: string; said: Said } | null = null,
): void {
  scene.endTurn(turn, status, answer?.id);
  const { plan, state } = scene.run!;
  const { agent_id, task, round } = turn;
  const closed = { agent_id, task, round, status, said: answer ? [answer.said] : [] };
  const team = teamTypeOf(plan).remember?.(plan, state.team, closed) ?? state.team;
  scene.changeState({ turns: state.turns + 1, team });
  if (stopIfMet(scene) || stopIfWanted(scene)) return;
  if (status === "timed_out" && plan.config.on_timeout === "stop") {
    const reason = `${nameOf(plan, agent_id)} did not answer in time`;
    stopNow(scene, "timed_out", reason, []);
  } else goOn(scene, { kind: "turn", turn: closed });
}

/** @returns whether somebody wanted the run to stop, so that what is open only runs out */
function stopIfWanted(scene: Scene): boolean {
  const { stopping } = scene.run!.state;
  if (!stopping) return false;
  if (scene.speaking.length === 0) stopNow(scene, stopping.code, stopping.reason, []);
  return true;
}

/** @returns whether the agent gets another try, which is counted */
function takesRetry(scene: Scene, { agent_id, status }: ClosedTurn): boolean {
  const { plan, state } = scene.run!;
  const { [agent_id]: tries = 0, ...retries } = state.retries;
  const { on_timeout } = plan.config;
  const allowed = typeof on_timeout === "object" ? on_timeout.retry : 0;
  const again = status === "timed_out" && tries < allowed && !scene.isAbsent(agent_id);
  scene.changeState({ retries: again ? { ...retries, [agent_id]: tries + 1 } : retries });
  return again;
}

/** Looks whether a condition is met. @returns whether the run stopped */
export function stopIfMet(scene: Scene): boolean {
  noteLeft(scene);
  const { plan, state } = scene.run!;
  if (!plan.termination) return false;
  const { conditions, turns, said = [] } = state;
  const standing = { turns, now: scene.now, said };
  const looked = checkConditions(plan.termination, conditions, standing);
  scene.changeState({ conditions: looked.state, said: [] });
  scene.changeRun({ deadline_at: deadlineOf(plan.termination, looked.state) });
  const [first] = looked.met;
  if (!first) return false;
  stopNow(scene, first.code, looked.met.map(({ reason }) => reason).join(", "), looked.met);
  return true;
}

/** Lets open turns end, and opens no more. */
export function pause(scene: Scene): void {
  if (activeRun(scene).status === "paused") return;
  scene.changeRun({ status: "paused" }, "run.paused");
}

/** Goes on where a paused run stood. */
export function resume(scene: Scene): void {
  const { id, status, state } = activeRun(scene);
  if (status !== "paused") return;
  scene.changeRun({ status: "active" }, "run.resumed");
  scene.changeState({ held: [] });
  for (const [index, cue] of state.held.entries()) {
    if (scene.run?.id !== id || scene.run.state.stopping) return;
    // A prompt that came while the run was paused is for a team that waits for one by now.
    if (cue.kind === "prompt" && !scene.run.state.waiting) continue;
    proceed(scene, nextAfter(scene, cue, state.held.slice(index + 1)));
  }
}

/** Stops the run because somebody wants it, after its open turns or at once. */
export function stop(scene: Scene, now: boolean, why: string | null): void {
  const { plan, state } = activeRun(scene);
  if (plan.termination) {
    scene.changeState({ conditions: setExternal(plan.termination, state.conditions) });
  }
  const stopping = { code: "stopped", reason: why ?? "Somebody stopped the run" };
  if (!now && scene.speaking.length > 0) scene.changeState({ stopping });
  else if (!stopIfMet(scene)) stopNow(scene, stopping.code, stopping.reason, []);
}

/** Ends all that is under way, and lets nothing follow. */
export function archive(scene: Scene): void {
  if (scene.run) {
    scene.changeState({ queue: [] });
    stop(scene, true, "The session was archived");
  }
  for (const { id } of scene.room.decisions) closeDecision(scene, id);
}

/** Gives an agent the turn, in a team that waits for that. */
export function grant(scene: Scene, agent_id: string, task: string | null): void {
  const { plan, status, state } = activeRun(scene);
  if (plan.config.strategy !== "manual") {
    throw new CommandError(
      "conflict",
      "Turns are granted only where the team's strategy is manual",
    );
  }
  if (status === "paused" || state.stopping) {
    throw new CommandError("conflict", "The run opens no turns now");
  }
  const member = scene.member(agent_id);
  if (!member || member.role_in_team === "observer") {
    throw new CommandError("conflict", "This agent takes no turns in this run");
  }
  if (scene.speaking.some((turn) => turn.agent_id === agent_id)) {
    throw new CommandError("conflict", "This agent has the turn already");
  }
  scene.changeState({ waiting: false });
  scene.openTurn({ agent_id, task }, state.turns + 1);
}

function activeRun(scene: Scene): OrchestratedRun {
  if (!scene.run) throw new CommandError("conflict", "No run is under way in this session");
  return scene.run;
}

/** Stops the run, cancels what is open, and starts the run of the next prompt that waited. */
function stopNow(scene: Scene, code: string, reason: string, conditions: readonly Met[]): void {
  const { id, state } = scene.run!;
  for (const turn of scene.speaking) scene.endTurn(turn, "cancelled");
  for (const decision of scene.room.decisions) {
    if (decision.run_id === id) closeDecision(scene, decision.id);
  }
  const { turns, messages, tokens, cost, queue } = state;
  const stop = { code, reason, conditions: [...conditions], turns, messages, tokens, cost };
  scene.changeState({ queue: [] });
  scene.changeRun({ status: "stopped", stop, stopped_at: scene.now }, "run.stopped");
  const [next, ...later] = queue;
  if (next && code !== "interrupted") start(scene, next.id, next.said, later);
}
