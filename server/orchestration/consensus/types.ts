import type Fraction from "fraction.js";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { RuleConfig } from "../../../contract/mechanism_config.ts";

/** What is to be decided, and by whom. */
export interface Question {
  readonly options: readonly string[];
  /** Agent ids, or whatever names voters. */
  readonly voters: readonly string[];
}

/** What one voter said; `abstain` for nothing. */
export interface Ballot {
  readonly voter: string;
  readonly choice: Json;
}

/** A ballot that is no abstention, and what it weighs. */
export interface Vote {
  readonly voter: string;
  readonly choice: Json;
  readonly weight: Fraction;
}

/** What a rule made of the votes. Numbers are exact: strings such as `2/3`. */
export interface Count {
  /** Those that nothing but a tie rule can tell apart; none if the rule elects nobody. */
  readonly winners: readonly string[];
  /** Those that were tied, where that is not the same as the winners: on the way to the result. */
  readonly tied?: readonly string[];
  readonly tally: Json;
  /** How it came to that, for rules that take several steps. */
  readonly rounds?: readonly Json[];
  /** One sentence for a person. */
  readonly why: string;
  /** What a winner pays or voters earn, where a rule says so. */
  readonly payments?: JsonObject;
}

/** All that a rule may look at. */
export interface Election<Config extends RuleConfig = RuleConfig> {
  readonly config: Config;
  readonly question: Question;
  /**
   * Without abstentions and, unless names decide, without what weighs nothing; each voter at most once, in the
   * order of the voters.
   */
  readonly votes: readonly Vote[];
  /** Weight of all voters, of those who abstained too. */
  readonly eligible: Fraction;
}

/** How one rule decides. */
export interface Rule<Config extends RuleConfig = RuleConfig> {
  /** Says why a choice is no ballot under this rule; null if it is one. */
  check(choice: Json, question: Question, config: Config): string | null;
  /** Says why a question cannot be settled by this rule; null if it can. */
  checkQuestion?(question: Question, config: Config): string | null;
  /** Whether it is who voters are that decides: then they are heard also where they weigh nothing. */
  readonly decidesByName?: boolean;
  count(election: Election<Config>): Count;
  /**
   * The choices that help one option, or harm all, most: if the result is the same whichever of them
   * everybody makes who has not voted, nothing can change it. That holds for rules where votes are
   * added up; the others leave it out and wait for every ballot.
   */
  extremes?(question: Question): readonly Json[];
}

/** How a decision came out: all that is needed to compute it again. */
export interface Outcome {
  readonly rule: string;
  readonly mechanism: { readonly type: string; readonly config: JsonObject };
  readonly options: readonly string[];
  readonly voters: readonly string[];
  readonly ballots: readonly Ballot[];
  readonly tally: Json;
  readonly rounds: readonly Json[];
  /** The options that were tied, and the rule by which one was taken or none. */
  readonly tie_break: { readonly tied: readonly string[]; readonly rule: string } | null;
  readonly winner: string | null;
  readonly no_decision: boolean;
  readonly why: string;
  readonly payments?: JsonObject;
}
