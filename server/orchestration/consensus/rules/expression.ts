import type { JsonObject } from "../../../../contract/json.ts";
import type { RuleConfig } from "../../../../contract/mechanism_config.ts";
import { evaluate } from "../../expression.ts";
import { oneOption } from "../choices.ts";
import { extremesOf, texts } from "../numbers.ts";
import type { Rule } from "../types.ts";
import { firstChoices } from "./first_choices.ts";

type Config = Extract<RuleConfig, { rule: "expression" }>;

/**
 * A rule in JSON Logic over { options, tally, leaders, ballots }: the option that it names wins. `tally`
 * is a list of { option, votes } with most votes first; votes are numbers there, for comparing with
 * others than each other. `leaders`, the options with exactly the most votes, tells a tie.
 */
export const expression: Rule<Config> = {
  check: oneOption,
  count(election) {
    const votes = firstChoices(election);
    const tally = [...votes]
      .sort(([, a], [, b]) => b.compare(a))
      .map(([option, weight]) => ({ option, votes: weight.valueOf() }));
    const leaders = extremesOf(votes);
    const ballots = election.votes.map(({ voter, choice }) => ({ voter, choice }));
    const data = { options: [...election.question.options], tally, leaders, ballots } as JsonObject;
    const named = evaluate(election.config.expression, data);
    const winner = election.question.options.find((option) => option === named);
    const why = winner
      ? `The team's expression names ${winner}`
      : "The team's expression names none";
    return { winners: winner ? [winner] : [], tally: texts(votes), why };
  },
};
