import { line } from "../../../contract/field.ts";
import type { Json } from "../../../contract/json.ts";
import { speakersOf } from "../members.ts";
import type { Next, Plan, TeamType } from "../types.ts";

interface State {
  readonly round: number;
  /** The options that the round's answers make. */
  readonly answers: readonly string[];
}

/** As long as an option of a decision may be. */
const OPTION_LENGTH = 200;

/** Everybody has the turn at once; a round ends when all have answered, passed or run out of time. */
export const broadcast: TeamType = {
  check: () => [],
  begin: (plan) => round(plan, 1),
  after(plan, state, turn, open) {
    const { round: number, answers } = state as unknown as State;
    const said = turn.said.at(-1);
    const option = said && optionOf(said.content, said.source);
    const known = option === undefined || answers.includes(option);
    const now: State = { round: number, answers: known ? answers : [...answers, option] };
    const json = now as unknown as Json;
    if (open.length > 0) return { kind: "wait", state: json };
    if (plan.mechanism && now.answers.length > 0) {
      return { kind: "decide", options: now.answers, round: number, state: json };
    }
    return ended(plan, number);
  },
  decided: (plan, state) => ended(plan, (state as unknown as State).round),
};

function ended(plan: Plan, number: number): Next {
  const { rounds = 1 } = plan.config;
  if (number < rounds) return round(plan, number + 1);
  const reason = rounds === 1 ? "The round is over" : `All ${rounds} rounds are over`;
  return { kind: "stop", code: "rounds", reason, state: null };
}

function round(plan: Plan, number: number): Next {
  const asks = speakersOf(plan).map(({ agent_id }) => ({ agent_id, task: null }));
  const state: State = { round: number, answers: [] };
  return { kind: "turns", asks, round: number, state: state as unknown as Json };
}

/** An answer as the line that an option is; none where there is nothing to see. */
function optionOf(content: string, source: string): string | undefined {
  const text = content.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
  const option =
    text.length <= OPTION_LENGTH
      ? text
      : // A character cut in half could not be stored.
        `${`${source}: ${text}`.slice(0, OPTION_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
  return line.safeParse(option).success ? option : undefined;
}
