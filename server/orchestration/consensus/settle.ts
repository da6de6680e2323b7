import Fraction from "fraction.js";
import type { Json, JsonObject } from "../../../contract/json.ts";
import {
  type RuleConfig,
  type RuleName,
  readMechanism,
} from "../../../contract/mechanism_config.ts";
import { gameTheory } from "./game_theory/index.ts";
import { sum, text } from "./numbers.ts";
import { approval } from "./rules/approval.ts";
import { authority, judge, veto } from "./rules/autocratic.ts";
import { borda } from "./rules/borda.ts";
import { condorcet } from "./rules/condorcet.ts";
import { copeland } from "./rules/copeland.ts";
import { expression } from "./rules/expression.ts";
import { instantRunoff } from "./rules/instant_runoff.ts";
import { kemenyYoung } from "./rules/kemeny_young.ts";
import { majority, supermajority, unanimity } from "./rules/majority.ts";
import { minimax } from "./rules/minimax.ts";
import { plurality } from "./rules/plurality.ts";
import { range } from "./rules/range.ts";
import { rankedPairs } from "./rules/ranked_pairs.ts";
import { schulze } from "./rules/schulze.ts";
import type { Ballot, Election, Outcome, Question, Rule } from "./types.ts";

/** A consensus mechanism of contract/consensus_mechanism.ts. */
export interface Mechanism {
  readonly type: "autocratic" | "democratic" | "game_theory" | "custom";
  readonly config: JsonObject;
}

type Rules = { readonly [Name in RuleName]: Rule<Extract<RuleConfig, { rule: Name }>> };

const rules: Rules = {
  plurality,
  majority,
  supermajority,
  unanimity,
  approval,
  range,
  borda,
  instant_runoff: instantRunoff,
  condorcet,
  copeland,
  schulze,
  ranked_pairs: rankedPairs,
  minimax,
  kemeny_young: kemenyYoung,
  authority,
  judge,
  veto,
  ...gameTheory,
  expression,
};

const ABSTAIN = "abstain";

/**
 * Says why a choice is no ballot under a mechanism.
 * @returns complaints, none if it is one
 */
export function checkBallot(mechanism: Mechanism, question: Question, choice: Json): string[] {
  const config = configOf(mechanism);
  const complaint = choice === ABSTAIN ? null : ruleOf(config).check(choice, question, config);
  return complaint === null ? [] : [complaint];
}

/**
 * Settles a decision if it can be: when all have voted, when its time is over, or when no ballot still
 * to come could change the result.
 * @param ballots valid ones (see checkBallot), one a voter at the most
 * @param closing whether all have voted, or the time is over
 * @throws Error (zod) for a mechanism that is none
 */
export function settle(
  mechanism: Mechanism,
  question: Question,
  ballots: readonly Ballot[],
  closing: { readonly all_voted: boolean; readonly deadline_passed: boolean },
): { kind: "open" } | { kind: "closed"; outcome: Outcome } {
  const config = configOf(mechanism);
  const rule = ruleOf(config);
  const { all_voted, deadline_passed } = closing;
  const done =
    all_voted ||
    deadline_passed ||
    (rule.isReady?.(electionOf(config, question, ballots), all_voted) ??
      isCertain(mechanism, question, ballots));
  return done
    ? { kind: "closed", outcome: outcomeOf(mechanism, question, ballots) }
    : { kind: "open" };
}

/**
 * Computes an outcome from the ballots.
 * @throws Error (zod) for a mechanism that is none
 */
export function outcomeOf(
  mechanism: Mechanism,
  question: Question,
  ballots: readonly Ballot[],
): Outcome {
  const config = configOf(mechanism);
  const election = electionOf(config, question, ballots);
  const missing = missingForQuorum(election, ballots);
  const { winners, rounds = [], ...count } = ruleOf(config).count(election);
  const way = config.tie_break ?? "no_decision";
  const tie = winners.length > 1 ? { tied: winners, rule: way } : null;
  const first = tie && way === "no_decision" ? null : (winners[0] ?? null);
  const winner = missing === null ? first : null;
  return {
    rule: config.rule,
    mechanism: { type: mechanism.type, config: mechanism.config },
    options: question.options,
    voters: question.voters,
    ballots,
    ...count,
    rounds,
    tie_break: tie,
    winner,
    no_decision: winner === null,
    why:
      missing ??
      (tie
        ? `${count.why}; ${winner ? "the first named is taken" : "a tie decides nothing"}`
        : count.why),
  };
}

/**
 * Computes an outcome again from what it says of itself.
 * @param outcome as a decision.closed entry has it
 * @throws Error (zod) for a mechanism that is none
 */
export function recompute({ mechanism, options, voters, ballots }: Outcome): Outcome {
  return outcomeOf(mechanism as Mechanism, { options, voters }, ballots);
}

function configOf({ type, config }: Mechanism): RuleConfig {
  const read = readMechanism(type, config);
  if (!read.success) throw read.error;
  return read.data;
}

const ruleOf = ({ rule }: RuleConfig) => rules[rule] as Rule;

function electionOf(config: RuleConfig, question: Question, ballots: readonly Ballot[]): Election {
  const weightOf = (voter: string) => new Fraction(config.weights?.[voter] ?? 1);
  return {
    config,
    question,
    votes: ballots
      .filter(({ choice }) => choice !== ABSTAIN)
      .map(({ voter, choice }) => ({ voter, choice, weight: weightOf(voter) })),
    eligible: sum(question.voters.map(weightOf)),
  };
}

function missingForQuorum(election: Election, ballots: readonly Ballot[]): string | null {
  const { quorum, weights } = election.config;
  if (!quorum) return null;
  const weightOf = (voter: string) => new Fraction(weights?.[voter] ?? 1);
  const counted =
    quorum.abstentions === "ignore"
      ? election.votes.map(({ weight }) => weight)
      : ballots.map(({ voter }) => weightOf(voter));
  const needed = election.eligible.mul(new Fraction(quorum.at_least));
  if (sum(counted).compare(needed) >= 0) return null;
  return `${text(sum(counted))} of ${text(election.eligible)} took part, and ${text(needed)} were needed`;
}

/**
 * Whether the result is the same whatever those say who have not voted. Under a monotone rule it is
 * enough to look at what would help each option most, and at nobody saying anything.
 */
function isCertain(mechanism: Mechanism, question: Question, ballots: readonly Ballot[]): boolean {
  const choices = ruleOf(configOf(mechanism)).extremes?.(question);
  if (!choices) return false;
  const voted = new Set(ballots.map(({ voter }) => voter));
  const left = question.voters.filter((voter) => !voted.has(voter));
  const winners = [...choices, ABSTAIN].map((choice) => {
    const all = [...ballots, ...left.map((voter) => ({ voter, choice }))];
    return outcomeOf(mechanism, question, all).winner;
  });
  winners.push(outcomeOf(mechanism, question, ballots).winner);
  return winners.every((winner) => winner === winners[0]);
}
