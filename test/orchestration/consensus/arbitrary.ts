import fc from "fast-check";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { Mechanism } from "../../../server/orchestration/consensus/settle.ts";
import type { Ballot, Question } from "../../../server/orchestration/consensus/types.ts";

/** A mechanism, a question and ballots for it, of which some may be missing. */
export interface Vote {
  readonly mechanism: Mechanism;
  readonly question: Question;
  readonly ballots: readonly Ballot[];
}

export const condorcetRules = [
  "condorcet",
  "copeland",
  "schulze",
  "ranked_pairs",
  "minimax",
  "kemeny_young",
];
const rankingRules = [...condorcetRules, "borda", "instant_runoff"];
const oneOptionRules = ["plurality", "majority", "supermajority", "unanimity"];
export const democraticRules = [...rankingRules, ...oneOptionRules, "approval", "range"];

// Names that a careless look-up would find where nobody put them are among them.
const names = ["constructor", "__proto__", "toString", "a>b", "a", "b", "1", "0", "é", "veto"];

/** A ranking, in which some options may be tied and some left out. */
const rankingOf = (options: readonly string[]): fc.Arbitrary<Json> =>
  fc
    .tuple(
      fc.shuffledSubarray([...options]),
      fc.array(fc.boolean(), { minLength: options.length, maxLength: options.length }),
    )
    .map(([order, joins]) => {
      const groups: string[][] = [];
      for (const [place, option] of order.entries()) {
        if (joins[place] && groups.length > 0) groups.at(-1)!.push(option);
        else groups.push([option]);
      }
      return groups;
    });

/** A ranking that makes majorities go in circles, which chance alone seldom does. */
const rotationOf = (options: readonly string[]): fc.Arbitrary<Json> =>
  fc.nat({ max: options.length - 1 }).map((k) => [...options.slice(k), ...options.slice(0, k)]);

/** A choice under a rule. */
export function choiceOf(rule: string, options: readonly string[]): fc.Arbitrary<Json> {
  if (rule === "veto") return fc.constantFrom(...options, "veto");
  if (rule === "approval") return fc.subarray([...options]);
  if (rankingRules.includes(rule)) return fc.oneof(rankingOf(options), rotationOf(options));
  if (rule !== "range") return fc.constantFrom(...options);
  // An option may go without a score.
  return fc
    .subarray([...options], { minLength: 1 })
    .chain((scored) =>
      fc.tuple(
        ...scored.map((option) => fc.nat({ max: 3 }).map((score) => [option, score] as const)),
      ),
    )
    .map((scores): Json => Object.fromEntries(scores));
}

/** Votes under one of some rules, with or without weights, a quorum and a tie rule of their own. */
export const votes = (rules: readonly string[], most = 4, tie_rules = ["no_decision"]) =>
  fc
    .record({
      rule: fc.constantFrom(...rules),
      options: fc.shuffledSubarray(names, { minLength: 2, maxLength: most }),
      voters: fc.integer({ min: 1, max: 6 }),
      tie_break: fc.constantFrom(...tie_rules),
      weights: fc.array(fc.constantFrom("1", "2", "1/3", "0.5", "0"), {
        minLength: 6,
        maxLength: 6,
      }),
      weighted: fc.boolean(),
      base: fc.constantFrom("cast", "eligible"),
      threshold: fc.constantFrom("2/3", "1/2", "1/3", "1"),
      quorum: fc.option(
        fc.record({
          at_least: fc.constantFrom("1/2", "2/3", "1"),
          base: fc.constantFrom("eligible", "cast"),
          abstentions: fc.constantFrom("count", "ignore"),
        }),
        { nil: null, freq: 1 },
      ),
    })
    .map((drawn): Omit<Vote, "ballots"> & { rule: string } => {
      const { rule, weights } = drawn;
      // No option may be called veto where that is a ballot.
      const options = drawn.options.map((one) => (one === "veto" ? "other" : one));
      const voters = Array.from({ length: drawn.voters }, (_, i) => `voter ${i + 1}`);
      const config: JsonObject = {
        rule,
        tie_break: drawn.tie_break,
        ...(drawn.weighted && {
          weights: Object.fromEntries(voters.map((voter, i) => [voter, weights[i]!])),
        }),
        ...(drawn.quorum && { quorum: drawn.quorum }),
        ...((rule === "majority" || rule === "supermajority") && { base: drawn.base }),
        ...(rule === "supermajority" && { threshold: drawn.threshold }),
        ...(rule === "authority" && { authority: voters[0]!, delegate: voters.at(-1)! }),
        ...(rule === "veto" && { veto_holders: [voters[0]!] }),
      };
      const autocratic = rule === "authority" || rule === "veto";
      const type = autocratic ? "autocratic" : "democratic";
      return { rule, mechanism: { type, config }, question: { options, voters } };
    })
    .chain(({ rule, mechanism, question }) =>
      fc
        .tuple(
          ...question.voters.map((voter) =>
            fc
              .oneof(
                { weight: 5, arbitrary: choiceOf(rule, question.options) },
                { weight: 1, arbitrary: fc.constant<Json>("abstain") },
              )
              .map((choice): Ballot => ({ voter, choice })),
          ),
        )
        .map((ballots): Vote => ({ mechanism, question, ballots })),
    );
