import { CommandError } from "../../contract/errors.ts";
import type { Json, JsonObject } from "../../contract/json.ts";
import type { Turn } from "../../contract/turn.ts";
import { checkBallot, checkQuestion, settle } from "./consensus/settle.ts";
import { speakerNamed, speakersOf } from "./members.ts";
import type { Happening, OpenDecision } from "./room.ts";
import type { Scene } from "./scene.ts";
import type { Mechanism, Plan } from "./types.ts";

/** Decisions that may be open in a session at once: all of them are read with each of its entries. */
const MOST_OPEN = 100;

type Asked = Extract<Happening, { kind: "open_decision" }>;

/** Why a mechanism cannot settle a question in this room; null if it can. */
export function complaintAbout(scene: Scene, asked: Asked): string | null {
  const { type, config } = asked.mechanism;
  const voters = speakersOf(scene.plan).map(({ agent_id }) => agent_id);
  const mechanism = { type, config: withIds(config, scene.plan) };
  return checkQuestion(mechanism, { options: asked.options, voters })[0] ?? null;
}

/**
 * Opens a decision that somebody asks for: every member who is no observer may vote, and gets a turn to do so.
 * @returns it, closed already when there is nothing to wait for
 * @throws CommandError invalid_input when the mechanism cannot settle such a question; conflict when too many
 *   are open
 */
export function openDecision(scene: Scene, asked: Asked): OpenDecision {
  if (scene.room.decisions.length >= MOST_OPEN) {
    const message = `${MOST_OPEN} decisions are open in this session already; close one, or wait`;
    throw new CommandError("conflict", message);
  }
  return open(scene, asked, false);
}

/**
 * Opens the decision that follows a round, of which a run has one at a time.
 * @returns as openDecision
 * @throws CommandError invalid_input when the mechanism cannot settle such a question
 */
export function openRound(scene: Scene, asked: Asked): OpenDecision {
  // Where the mechanism says nothing, a vote may take as long as an answer.
  return open(scene, asked, !asked.mechanism.config.deadline_ms);
}

/** @param isAnswer whether a vote may take no longer than an answer */
function open(scene: Scene, asked: Asked, isAnswer: boolean): OpenDecision {
  const complaint = complaintAbout(scene, asked);
  if (complaint !== null) {
    const message = `The team's mechanism cannot settle this: ${complaint}`;
    throw new CommandError("invalid_input", message);
  }
  const { mechanism } = asked;
  const voters = speakersOf(scene.plan);
  const decision: OpenDecision = {
    id: scene.newId(),
    session_id: scene.room.session_id,
    run_id: scene.run?.id ?? null,
    mechanism_id: mechanism.id,
    mechanism: { type: mechanism.type, config: withIds(mechanism.config, scene.plan) },
    question: asked.question,
    options: [...asked.options],
    voters: voters.map(({ agent_id }) => agent_id),
    status: "open",
    outcome: null,
    opened_at: scene.now,
    deadline_at: scene.in(
      asked.deadline_ms ?? (mechanism.config.deadline_ms as number | undefined),
    ),
    closed_at: null,
    ballots: [],
  };
  change(scene, decision);
  scene.effects.push({ kind: "decision.opened", decision });
  for (const { agent_id } of voters) scene.openBallot(agent_id, decision, isAnswer);
  return settled(scene, decision, null);
}

/**
 * Casts a ballot, which is final.
 * @returns the decision, closed if nothing can change its result any more
 * @throws CommandError conflict when it is closed or the voter has voted; forbidden to others than
 *   its voters; invalid_input when the choice is not one the rule understands
 */
export function castBallot(
  scene: Scene,
  { decision_id, agent_id, choice }: Extract<Happening, { kind: "ballot" }>,
): OpenDecision {
  const decision = openOne(scene, decision_id);
  if (!decision.voters.includes(agent_id)) {
    throw new CommandError("forbidden", "This agent has no vote in this decision");
  }
  if (decision.ballots.some((ballot) => ballot.agent_id === agent_id)) {
    throw new CommandError("conflict", "This agent has voted already");
  }
  const complaints = checkBallot(mechanismOf(decision), questionOf(decision), choice);
  if (complaints.length > 0) {
    const details = complaints.map((message) => ({ path: "choice", message }));
    throw new CommandError("invalid_input", `The ballot is not valid: ${complaints[0]}`, {
      details,
    });
  }
  const ballot = { id: scene.newId(), decision_id, agent_id, choice, cast_at: scene.now };
  const voted = { ...decision, ballots: [...decision.ballots, ballot] };
  change(scene, voted);
  scene.effects.push({ kind: "ballot.cast", ballot });
  const turn = scene.room.turns.find(
    (one) => one.decision_id === decision_id && one.agent_id === agent_id,
  );
  if (turn) scene.endTurn(turn, "answered");
  return settled(scene, voted, null);
}

/** Ends the turn of a voter who has not voted in time. @returns the decision, closed if it waited for nobody else */
export function closeBallot(scene: Scene, turn: Turn): OpenDecision {
  scene.endTurn(turn, "timed_out");
  return settled(scene, openOne(scene, turn.decision_id!), null);
}

/**
 * Closes a decision with the ballots that were cast.
 * @param missing how the turns end of those who have not voted
 * @throws CommandError conflict when it is not open
 */
export function closeDecision(
  scene: Scene,
  decision_id: string,
  missing: "timed_out" | "cancelled" = "cancelled",
): OpenDecision {
  return settled(scene, openOne(scene, decision_id), missing);
}

function openOne({ room }: Scene, decision_id: string): OpenDecision {
  const decision = room.decisions.find(({ id }) => id === decision_id);
  if (!decision) throw new CommandError("conflict", "This decision is not open");
  return decision;
}

/** @param missing how the turns end of those who have not voted; null to wait for them */
function settled(
  scene: Scene,
  decision: OpenDecision,
  missing: "timed_out" | "cancelled" | null,
): OpenDecision {
  const all_voted = decision.ballots.length === decision.voters.length;
  const isWaiting = scene.room.turns.some((turn) => turn.decision_id === decision.id);
  const ballots = decision.ballots.map(({ agent_id, choice }) => ({ voter: agent_id, choice }));
  const result = settle(mechanismOf(decision), questionOf(decision), ballots, {
    all_voted,
    deadline_passed: missing !== null || !isWaiting,
  });
  if (result.kind === "open") return decision;
  const closed: OpenDecision = {
    ...decision,
    status: "closed",
    outcome: result.outcome as unknown as JsonObject,
    closed_at: scene.now,
  };
  change(scene, closed);
  for (const turn of scene.room.turns.filter((one) => one.decision_id === decision.id)) {
    scene.endTurn(turn, missing ?? "cancelled");
  }
  scene.effects.push({ kind: "decision.closed", decision: closed });
  return closed;
}

function change(scene: Scene, decision: OpenDecision): void {
  const others = scene.room.decisions.filter(({ id }) => id !== decision.id);
  const decisions = decision.status === "open" ? [...others, decision] : others;
  scene.room = { ...scene.room, decisions };
}

const mechanismOf = ({ mechanism }: OpenDecision) => mechanism as unknown as Mechanism;

const questionOf = ({ options, voters }: OpenDecision) => ({ options, voters });

/** Which option won, if one did. */
export function winnerOf({ outcome }: OpenDecision): string | null {
  const winner: Json | undefined = outcome?.winner;
  return typeof winner === "string" ? winner : null;
}

/** A mechanism's config in which voters are agent ids: whoever wrote it may have used names. */
function withIds(config: JsonObject, plan: Plan): JsonObject {
  const idOf = (name: Json) => speakerNamed(plan, String(name))?.agent_id ?? name;
  const { authority, delegate, veto_holders, weights } = config;
  return {
    ...config,
    ...(authority !== undefined && { authority: idOf(authority) }),
    ...(delegate !== undefined && { delegate: idOf(delegate) }),
    ...(veto_holders !== undefined && { veto_holders: (veto_holders as Json[]).map(idOf) }),
    ...(weights !== undefined && {
      weights: Object.fromEntries(
        Object.entries(weights as JsonObject).map(([name, weight]) => [idOf(name), weight]),
      ),
    }),
  };
}
