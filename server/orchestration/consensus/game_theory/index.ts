import {
  type GameTheoryBallot,
  type GameTheoryConfig,
  type GameTheoryRule,
  gameTheoryBallots,
} from "../../../../contract/game_theory_config.ts";
import type { Json } from "../../../../contract/json.ts";
import type { Election as AnyElection, Count, Question } from "../types.ts";
import { auctionRules } from "./auction_rules.ts";
import { coalitionRules } from "./coalition_rules.ts";
import { elicitationRules } from "./elicitation_rules.ts";
import type { Game, GameRule, GameVote } from "./game_rule.ts";
import { matrixRules } from "./matrix_rules.ts";

const rules: { [Name in GameTheoryRule]: GameRule<Name> } = {
  ...auctionRules,
  ...matrixRules,
  ...coalitionRules,
  ...elicitationRules,
};

/** The rules of game theory, by name, as the registry of rules takes them. */
export const gameTheory = {
  vickrey: registered("vickrey"),
  vcg: registered("vcg"),
  nash: registered("nash"),
  zero_sum: registered("zero_sum"),
  shapley: registered("shapley"),
  shapley_shubik: registered("shapley_shubik"),
  banzhaf: registered("banzhaf"),
  bayesian_truth_serum: registered("bayesian_truth_serum"),
  surprisingly_popular: registered("surprisingly_popular"),
};

type Election = Pick<AnyElection, "question" | "votes"> & { readonly config: object };

/** Makes a rule read ballots by their schema, and answer instead of throwing when a game is too large. */
function registered<Name extends GameTheoryRule>(name: Name) {
  const rule: GameRule<Name> = rules[name];
  return {
    check(choice: Json, question: Question, config: object): string | null {
      const read = gameTheoryBallots[name].safeParse(choice);
      return read.success
        ? rule.check(
            read.data as GameTheoryBallot<Name>,
            question,
            config as GameTheoryConfig<Name>,
          )
        : `does not fit the rule: ${read.error.issues[0]!.message}`;
    },
    checkQuestion: (question: Question, config: object) =>
      rule.checkQuestion?.(question, config as GameTheoryConfig<Name>) ?? null,
    count(election: Election): Count {
      const { voters } = election.question;
      const place = ({ voter }: GameVote<Json>) => voters.indexOf(voter);
      // In the order of the voters: who voted first must not matter.
      const votes = [...election.votes].sort((a, b) => place(a) - place(b));
      if (votes.length === 0) return { winners: [], tally: {}, why: "Nobody voted" };
      try {
        // Ballots that do not fit the schema were refused when they were cast.
        return rule.count({
          ...(election as { question: Question; config: Game<Name>["config"] }),
          votes: votes as readonly unknown[] as Game<Name>["votes"],
        });
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return { winners: [], tally: {}, why: error.message };
      }
    },
  };
}
