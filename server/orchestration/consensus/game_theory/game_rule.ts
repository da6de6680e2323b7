import type {
  GameTheoryBallot,
  GameTheoryConfig,
  GameTheoryRule,
} from "../../../../contract/game_theory_config.ts";
import type { Count, Election, Question, Vote } from "../types.ts";

export type GameVote<Choice> = Omit<Vote, "choice"> & { readonly choice: Choice };

/** An election under a rule of game theory: at least one vote, in the order of the voters. */
export type Game<Name extends GameTheoryRule> = Pick<Election, "question"> & {
  readonly config: GameTheoryConfig<Name> & {
    readonly tie_break?: "no_decision" | "option_order" | undefined;
    readonly weights?: Readonly<Record<string, string>> | undefined;
  };
  readonly votes: readonly GameVote<GameTheoryBallot<Name>>[];
};

/** How one rule of game theory decides. */
export interface GameRule<Name extends GameTheoryRule> {
  /** Says why a ballot, which fits its schema, does not fit the question; null if it does. */
  check(
    choice: GameTheoryBallot<Name>,
    question: Question,
    config: GameTheoryConfig<Name>,
  ): string | null;
  /** Says why a question cannot be settled by this rule; null if it can. */
  checkQuestion?(question: Question, config: GameTheoryConfig<Name>): string | null;
  /** @throws RangeError when the game is larger than its limits */
  count(game: Game<Name>): Count;
}

/** Names in a sentence. */
export const listed = (names: readonly string[]): string => names.join(" and ") || "nobody";

/** Says why a rule cannot choose among the options of a question; null if it can. */
export function checkOptions(
  { options }: Question,
  most = Number.POSITIVE_INFINITY,
): string | null {
  if (options.length === 0) return "There is no option";
  return options.length > most ? `The rule takes ${most} options at the most` : null;
}

/** Says which of some names are not known; null if all are. */
export function unknownIn(names: readonly string[], known: readonly string[]): string | null {
  const unknown = names.filter((name) => !known.includes(name));
  return unknown.length > 0 ? `names what is not there: ${unknown.join(", ")}` : null;
}
