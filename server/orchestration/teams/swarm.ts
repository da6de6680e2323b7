import { speakerNamed, speakersOf } from "../members.ts";
import { handoffOf } from "../tool_call.ts";
import type { ClosedTurn, Next, Plan, TeamType } from "../types.ts";

interface State {
  readonly speaker: string;
  readonly turns: number;
}

/**
 * The last handoff decides who speaks; whoever hands nothing off goes on. A handoff to somebody who is
 * no member waits for a person, whose prompt gives the turn back.
 */
export const swarm: TeamType = {
  check: () => [],
  begin: (plan, state) => speak(plan, (state as unknown as State | null)?.speaker, 1),
  remember(plan, state, turn) {
    const target = targetOf(turn);
    const member = target === null ? undefined : speakerNamed(plan, target);
    return { ...(state as unknown as State), speaker: member?.agent_id ?? turn.agent_id };
  },
  after(plan, state, turn) {
    const { speaker, turns } = state as unknown as State;
    const target = targetOf(turn);
    if (target === null || speakerNamed(plan, target)) return speak(plan, speaker, turns + 1);
    return { kind: "wait", state };
  },
  prompted(plan, state) {
    const { speaker, turns } = state as unknown as State;
    return speak(plan, speaker, turns + 1);
  },
};

/** Whom the turn was handed to. */
function targetOf({ said }: ClosedTurn): string | null {
  const last = said.at(-1);
  return last ? handoffOf(last) : null;
}

function speak(plan: Plan, agent_id: string | undefined, turns: number): Next {
  const { agent_id: speaker } = speakerNamed(plan, agent_id) ?? speakersOf(plan)[0]!;
  const asks = [{ agent_id: speaker, task: null }];
  return { kind: "turns", asks, round: turns, state: { speaker, turns } };
}
