import type { RuleConfig } from "../../../../contract/mechanism_config.ts";
import { oneOption } from "../choices.ts";
import { texts } from "../numbers.ts";
import type { Count, Election, Rule } from "../types.ts";
import { firstChoices } from "./first_choices.ts";
import { plurality } from "./plurality.ts";

type Config<Name> = Extract<RuleConfig, { rule: Name }>;

/** One voter decides, whatever the others say; where they have not, their delegate does. */
export const authority: Rule<Config<"authority">> = {
  decidesByName: true,
  check: oneOption,
  extremes: ({ options }) => options,
  checkQuestion: ({ voters }, { authority }) => nonVoter([authority], voters),
  count: (election) => rule(election, [election.config.authority, election.config.delegate]),
};

/** One voter decides, once everybody else has said what they think. */
export const judge: Rule<Config<"judge">> = {
  decidesByName: true,
  check: oneOption,
  checkQuestion: ({ voters }, { authority }) => nonVoter([authority], voters),
  count: (election) => rule(election, [election.config.authority]),
};

/** Most votes win, unless one of some voters says `veto`. */
export const veto: Rule<Config<"veto">> = {
  decidesByName: true,
  check: (choice, question) => (choice === "veto" ? null : oneOption(choice, question)),
  extremes: ({ options }) => [...options, "veto"],
  checkQuestion({ options, voters }, { veto_holders }) {
    return options.includes("veto")
      ? "No option may be called veto"
      : nonVoter(veto_holders, voters);
  },
  count(election) {
    const objection = vetoIn(election);
    const votes = election.votes.filter(({ choice }) => choice !== "veto");
    const count = plurality.count({ ...election, votes });
    return objection ? { ...count, winners: [], why: `${objection.voter} said no` } : count;
  },
};

function rule(election: Election, deciders: readonly (string | undefined)[]): Count {
  const tally = texts(firstChoices(election));
  for (const decider of deciders) {
    const vote = election.votes.find(({ voter }) => voter === decider);
    if (vote) return { winners: [vote.choice as string], tally, why: `${decider} decided` };
  }
  return { winners: [], tally, why: "Whoever was to decide has not" };
}

function nonVoter(needed: readonly string[], voters: readonly string[]): string | null {
  const missing = needed.find((name) => !voters.includes(name));
  return missing === undefined ? null : `${missing} has no vote`;
}

function vetoIn({ config, votes }: Election<Config<"veto">>) {
  return votes.find(
    ({ voter, choice }) => choice === "veto" && config.veto_holders.includes(voter),
  );
}
