import { speakersOf } from "../members.ts";
import type { Next, Plan, TeamType } from "../types.ts";

/** Who is next, in which round of this run. */
type State = { readonly next: string; readonly round: number } | null;

/** Members speak in the order of their positions; the next run goes on where the last one stood. */
export const roundRobin: TeamType = {
  check: () => [],
  begin: (plan, state) => turn(plan, (state as State)?.next, 1),
  after(plan, state) {
    const { next, round } = state as NonNullable<State>;
    return turn(plan, next, round);
  },
};

function turn(plan: Plan, next: string | undefined, round: number): Next {
  const speakers = speakersOf(plan);
  const index = Math.max(
    0,
    speakers.findIndex(({ agent_id }) => agent_id === next),
  );
  const last = index === speakers.length - 1;
  const following = speakers[last ? 0 : index + 1]!;
  return {
    kind: "turns",
    asks: [{ agent_id: speakers[index]!.agent_id, task: null }],
    round,
    state: { next: following.agent_id, round: last ? round + 1 : round },
  };
}
