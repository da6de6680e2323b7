import { speakerNamed, speakersOf } from "../members.ts";
import { handoffOf } from "../tool_call.ts";
import type { Next, Plan, TeamType } from "../types.ts";

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
  after(plan, state, turn) {
    const { turns } = state as unknown as State;
    const said = turn.said.at(-1);
    const target = said ? handoffOf(said) : null;
    if (target === null) return speak(plan, turn.agent_id, turns + 1);
    const member = speakerNamed(plan, target);
    if (member) return speak(plan, member.agent_id, turns + 1);
    return { kind: "wait", state: { speaker: turn.agent_id, turns } };
  },
  prompted(plan, state) {
    const { speaker, turns } = state as unknown as State;
    return speak(plan, speaker, turns + 1);
  },
};

function speak(plan: Plan, agent_id: string | undefined, turns: number): Next {
  const { agent_id: speaker } = speakerNamed(plan, agent_id) ?? speakersOf(plan)[0]!;
  const asks = [{ agent_id: speaker, task: null }];
  return { kind: "turns", asks, round: turns, state: { speaker, turns } };
}
