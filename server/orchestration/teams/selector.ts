import type { Json, JsonObject } from "../../../contract/json.ts";
import { evaluate } from "../expression.ts";
import { speakerNamed, speakersOf } from "../members.ts";
import type { Member, Next, Plan, Said, TeamType } from "../types.ts";

interface State {
  readonly task: Said;
  /** Who was chosen last. */
  readonly speaker: string | null;
  readonly turns: number;
}

/**
 * The team's rules choose who speaks: whoever of the candidates the expression names, else the first.
 * As in AutoGen's SelectorGroupChat nobody speaks twice in a row unless that is allowed.
 */
export const selector: TeamType = {
  check(plan) {
    const unknown = plan.config.candidates?.find((name) => !speakerNamed(plan, name));
    if (unknown) return [`The candidate ${unknown} takes no turns in the team`];
    const lonely = candidatesOf(plan, null).length < 2 && !plan.config.allow_repeated_speaker;
    return lonely ? ["A selector needs two candidates, or allow_repeated_speaker"] : [];
  },
  begin: (plan, state, task) => {
    // Who spoke last in the run before does not begin this one either.
    const speaker = (state as unknown as State | null)?.speaker ?? null;
    return choose(plan, { task, speaker, turns: 0 }, task);
  },
  after(plan, state, turn) {
    const { task, turns } = state as unknown as State;
    const now = { task, speaker: turn.agent_id, turns: turns + 1 };
    return choose(plan, now, turn.said.at(-1) ?? null);
  },
};

function choose(plan: Plan, state: State, last: Said | null): Next {
  const candidates = candidatesOf(plan, state.speaker);
  const { expression } = plan.config;
  const data = {
    last,
    task: state.task.content,
    turns: state.turns,
    candidates: candidates.map(({ name }) => name),
  } as unknown as JsonObject;
  const named = expression ? [evaluate(expression, data)].flat() : [];
  const chosen = named
    .map((name) => speakerNamed(plan, String(name)))
    .find((member) => member && candidates.includes(member));
  const { agent_id } = chosen ?? candidates[0]!;
  return {
    kind: "turns",
    asks: [{ agent_id, task: null }],
    round: state.turns + 1,
    // Kept when it is chosen, since a run that stops asks no more who spoke last.
    state: { ...state, speaker: agent_id } as unknown as Json,
  };
}

function candidatesOf(plan: Plan, speaker: string | null): Member[] {
  const { candidates, allow_repeated_speaker } = plan.config;
  const all = candidates?.flatMap((name) => speakerNamed(plan, name) ?? []) ?? speakersOf(plan);
  const others = all.filter(({ agent_id }) => agent_id !== speaker);
  return allow_repeated_speaker || others.length === 0 ? all : others;
}
