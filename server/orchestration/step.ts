import { Question } from "../../contract/decision.ts";
import { CommandError, issuesAt, refusedFields } from "../../contract/errors.ts";
import { castBallot, closeBallot, closeDecision, openDecision } from "./decisions.ts";
import { nameOf } from "./members.ts";
import type { Effect, Happening, Room } from "./room.ts";
import {
  archive,
  closeTurn,
  decided,
  grant,
  hear,
  pause,
  prompt,
  resume,
  stop,
  stopIfMet,
} from "./runs.ts";
import { Scene, type Setting } from "./scene.ts";
import { asksToDecide, assertUnderstood, endsTurn, handoffOf } from "./tool_call.ts";
import type { Plan, Said } from "./types.ts";

/**
 * Moves a room on by one happening. Pure: the same room, happening and setting give the same.
 * @returns the room as it is then, and what was done to it, in order
 * @throws CommandError when it may not happen; the room is as before
 */
export function step(
  room: Room,
  happening: Happening,
  setting: Setting,
): { room: Room; effects: readonly Effect[] } {
  const scene = new Scene(room, setting);
  happen(scene, happening);
  return scene;
}

function happen(scene: Scene, happening: Happening): void {
  switch (happening.kind) {
    case "prompt":
      prompt(scene, happening.id, happening.said);
      break;
    case "message":
      message(scene, happening);
      break;
    case "used":
      hear(scene, happening.happened);
      break;
    case "pass": {
      const turn = scene.room.turns.find(({ id }) => id === happening.turn_id);
      if (!turn) throw new CommandError("conflict", "This turn is not open");
      if (turn.purpose === "ballot") {
        throw new CommandError("conflict", "A vote is not passed; `abstain` by ballot.cast");
      }
      closeTurn(scene, turn, "passed");
      break;
    }
    case "grant":
      grant(scene, happening.agent_id, happening.task);
      break;
    case "pause":
      pause(scene);
      break;
    case "resume":
      resume(scene);
      break;
    case "stop":
      stop(scene, happening.now, happening.reason);
      break;
    case "archive":
      archive(scene);
      break;
    case "tick":
      tick(scene);
      break;
    case "open_decision":
      decided(scene, openDecision(scene, happening));
      break;
    case "ballot":
      decided(scene, castBallot(scene, happening));
      break;
    case "close_decision":
      decided(scene, closeDecision(scene, happening.decision_id));
      break;
  }
}

function message(scene: Scene, { id, agent_id, said }: Extract<Happening, { kind: "message" }>) {
  const turn = scene.speaking.find((one) => one.agent_id === agent_id);
  if (!turn) {
    assertMayInterject(scene, agent_id);
    return;
  }
  assertUnderstood(said);
  hear(scene, { kind: "said", said: handingByName(said, scene.plan) });
  if (asksToDecide(said)) ask(scene, said.tool_call?.arguments);
  if (endsTurn(said)) closeTurn(scene, turn, "answered", { id, said });
}

/** As conditions name whom a handoff means, which it may do by agent_id itself. */
function handingByName(said: Said, plan: Plan): Said {
  const agent = handoffOf(said);
  if (agent === null) return said;
  const named = { agent: nameOf(plan, agent) ?? agent };
  return { ...said, tool_call: { ...said.tool_call, arguments: named } };
}

/** The floor belongs to the team: its members speak in turns, unless it says otherwise. */
function assertMayInterject({ room, plan, speaking }: Scene, agent_id: string): void {
  const member = plan.members.find((one) => one.agent_id === agent_id);
  if (!member || plan.config.floor === "open") return;
  if (room.run && member.type === "user_proxy") {
    throw new CommandError("conflict", "This turn was answered already, or has not come yet");
  }
  const holders = speaking.map((turn) => nameOf(plan, turn.agent_id)).join(", ");
  throw new CommandError(
    "not_your_turn",
    holders ? `The turn is with ${holders}` : "Nobody has the turn; a prompt starts a run",
  );
}

/** A tool call by which an agent puts a question to the team. */
function ask(scene: Scene, input: unknown): void {
  const { data, error } = Question.safeParse(input);
  if (error) {
    const issues = issuesAt("tool_call.arguments", error);
    throw refusedFields("The decision's question is not right", issues);
  }
  const { question, options, mechanism_id, deadline_ms = null } = data;
  const { mechanism } = scene.plan;
  if (!mechanism || (mechanism_id !== undefined && mechanism_id !== mechanism.id)) {
    const message =
      "A question in a message is settled by the team's first mechanism, if it has one";
    throw new CommandError("conflict", `${message}; decision.open takes any`);
  }
  openDecision(scene, { kind: "open_decision", question, options, mechanism, deadline_ms });
}

/** Ends what is overdue, one after the other, since each may change what else is open. */
function tick(scene: Scene): void {
  for (;;) {
    const turn = scene.speaking.find(({ deadline_at }) => scene.isDue(deadline_at));
    const decision = scene.room.decisions.find(({ deadline_at }) => scene.isDue(deadline_at));
    const ballot = scene.room.turns.find(({ deadline_at }) => scene.isDue(deadline_at));
    if (turn) closeTurn(scene, turn, "timed_out");
    else if (decision) decided(scene, closeDecision(scene, decision.id, "timed_out"));
    else if (ballot) decided(scene, closeBallot(scene, ballot));
    else break;
  }
  const { run } = scene;
  if (run?.status === "active" && scene.isDue(run.deadline_at)) stopIfMet(scene);
}
