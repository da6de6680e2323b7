import Fraction from "fraction.js";
import type { Json, JsonObject } from "../../../contract/json.ts";
import {
  type RuleConfig,
  type RuleName,
  readMechanism,
} from "../../../contract/mechanism_config.ts";
import { gameTheory } from "./game_theory/index.ts";
import { commonDenominator, sum, written } from "./numbers.ts";
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
/** Weights with a longer common denominator are refused: every number that is counted becomes as long. */
const MAX_DIGITS = 20;

/**
 * Says why a question cannot be settled by a mechanism.
 * @returns complaints, none if it can
 * @throws Error (zod) for a mechanism that is none
 */
export function checkQuestion(mechanism: Mechanism, question: Question): string[] {
  const config = configOf(mechanism);
  const { options } = question;
  const complaints = [
    new Set(options).size < options.length ? "An option is named twice" : null,
    options.includes(ABSTAIN) ? `No option may be called ${ABSTAIN}` : null,
    // What is bid for need not be options.
    options.length === 0 && mechanism.type !== "game_theory" ? "There is no option" : null,
    hasLongWeights(question, config)
      ? `The weights have a common denominator of more than ${MAX_DIGITS} digits`
      : null,
    ruleOf(config).checkQuestion?.(question, config) ?? null,
  ];
  return complaints.filter((complaint) => complaint !== null);
}

/**
 * Says why a choice is no ballot under a mechanism.
 * @returns complaints, none if it is one
 * @throws Error (zod) for a mechanism that is none
 */
export function checkBallot(mechanism: Mechanism, question: Question, choice: Json): string[] {
  const config = configOf(mechanism);
  const complaint = choice === ABSTAIN ? null : ruleOf(config).check(choice, question, config);
  return complaint === null ? [] : [complaint];
}

/**
 * Settles a decision if it can be: when all have voted, when its time is over, or when no ballot still
 * to come could change the result. The last is found for plurality, majority, supermajority, unanimity,
 * approval, authority and veto, whatever the weights and the quorum; the other rules wait for all.
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
  const { all_voted, deadline_passed } = closing;
  return all_voted || deadline_passed || isCertain(configOf(mechanism), question, ballots)
    ? { kind: "closed", outcome: outcomeOf(mechanism, question, ballots) }
    : { kind: "open" };
}

/**
 * Computes an outcome from the ballots.
 * @param ballots valid ones (see checkBallot), one a voter at the most
 * @throws Error (zod) for a mechanism that is none
 */
export function outcomeOf(
  mechanism: Mechanism,
  question: Question,
  ballots: readonly Ballot[],
): Outcome {
  const config = configOf(mechanism);
  return {
    rule: config.rule,
    mechanism: { type: mechanism.type, config: mechanism.config },
    options: question.options,
    voters: question.voters,
    ballots,
    ...resultOf(config, question, ballots),
  };
}

/**
 * Computes an outcome again from what it says of itself.
 * @param outcome as a decision.closed entry has it
 * @throws Error for a mechanism that is none (zod), and for ballots that could not have been cast
 */
export function recompute({ mechanism, options, voters, ballots }: Outcome): Outcome {
  const [one, question] = [mechanism as Mechanism, { options, voters }];
  const seen = new Set<string>();
  for (const { voter, choice } of ballots) {
    const complaint = !voters.includes(voter)
      ? "has no vote"
      : seen.has(voter)
        ? "voted twice"
        : checkBallot(one, question, choice)[0];
    if (complaint) throw new Error(`${voter}: ${complaint}`);
    seen.add(voter);
  }
  return outcomeOf(one, question, ballots);
}

function configOf({ type, config }: Mechanism): RuleConfig {
  const read = readMechanism(type, config);
  if (!read.success) throw read.error;
  return read.data;
}

const ruleOf = ({ rule }: RuleConfig) => rules[rule] as Rule;

type Result = Omit<Outcome, "rule" | "mechanism" | "options" | "voters" | "ballots">;

function resultOf(config: RuleConfig, question: Question, ballots: readonly Ballot[]): Result {
  const election = electionOf(config, question, ballots);
  const missing = missingForQuorum(election, ballots);
  const {
    winners,
    tied = winners,
    rounds = [],
    payments,
    ...count
  } = ruleOf(config).count(election);
  const way = config.tie_break ?? "no_decision";
  const decided = winners.length > 1 && way === "no_decision" ? null : (winners[0] ?? null);
  const winner = missing === null ? decided : null;
  const end = decided ? "the one named first goes before" : "a tie decides nothing";
  return {
    ...count,
    // Without a quorum nothing came about, so nobody pays or earns.
    ...(missing === null && payments && { payments }),
    rounds,
    tie_break: tied.length > 1 ? { tied, rule: way } : null,
    winner,
    no_decision: winner === null,
    why: missing ?? (tied.length > 1 ? `${count.why}; ${end}` : count.why),
  };
}

function electionOf(config: RuleConfig, question: Question, ballots: readonly Ballot[]): Election {
  const { decidesByName = false } = ruleOf(config);
  const place = new Map(question.voters.map((voter, at) => [voter, at]));
  const placeOf = ({ voter }: Ballot) => place.get(voter) ?? question.voters.length;
  return {
    config,
    question,
    // In the order of the voters: who voted first must not matter.
    votes: ballots
      .filter(({ choice }) => choice !== ABSTAIN)
      .sort((a, b) => placeOf(a) - placeOf(b))
      .map(({ voter, choice }) => ({ voter, choice, weight: weightOf(voter, config) }))
      .filter(({ weight }) => decidesByName || weight.compare(0) > 0),
    eligible: sum(question.voters.map((voter) => weightOf(voter, config))),
  };
}

const weightOf = (voter: string, { weights = {} }: RuleConfig) =>
  new Fraction(Object.hasOwn(weights, voter) ? weights[voter]! : 1);

const hasLongWeights = ({ voters }: Question, config: RuleConfig) =>
  `${commonDenominator(voters.map((voter) => weightOf(voter, config)))}`.length > MAX_DIGITS;

function missingForQuorum(election: Election, ballots: readonly Ballot[]): string | null {
  const { quorum } = election.config;
  if (!quorum) return null;
  const cast = sum(ballots.map(({ voter }) => weightOf(voter, election.config)));
  const counted =
    quorum.abstentions === "ignore" ? sum(election.votes.map(({ weight }) => weight)) : cast;
  const base = quorum.base === "cast" ? cast : election.eligible;
  const needed = base.mul(new Fraction(quorum.at_least));
  if (counted.compare(needed) >= 0) return null;
  return `${written(counted)} of ${written(base)} took part, and ${written(needed)} were needed`;
}

/**
 * Whether the winner is the same whatever those say who have not voted, or if nobody does; see
 * Rule.extremes.
 */
function isCertain(config: RuleConfig, question: Question, ballots: readonly Ballot[]): boolean {
  const choices = ruleOf(config).extremes?.(question);
  if (!choices) return false;
  const voted = new Set(ballots.map(({ voter }) => voter));
  const left = question.voters.filter((voter) => !voted.has(voter));
  const { winner } = resultOf(config, question, ballots);
  return [...choices, ABSTAIN].every((choice) => {
    const all = [...ballots, ...left.map((voter) => ({ voter, choice }))];
    return resultOf(config, question, all).winner === winner;
  });
}
