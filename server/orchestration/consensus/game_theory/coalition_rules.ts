import type Fraction from "fraction.js";
import { sum, written } from "../numbers.ts";
import type { Count, Question } from "../types.ts";
import { checkOptions, type Game, type GameRule, listed, unknownIn } from "./game_rule.ts";
import { banzhaf as banzhafPower, MAX_VOTERS, shapleyShubik, type WeightedVote } from "./power.ts";
import { positionsOfLargest, type Rational, rational } from "./rational.ts";
import { MAX_PLAYERS, shapleyValue } from "./shapley.ts";

/** The options are players; what voters say coalitions are worth is added up by weight. */
const shapley: GameRule<"shapley"> = {
  checkQuestion: (question) => checkOptions(question, MAX_PLAYERS),
  check(choice, { options }) {
    const names = choice.map(({ coalition }) => coalitionName(coalition));
    if (new Set(names).size < names.length) return "names a coalition twice";
    return unknownIn(
      choice.flatMap(({ coalition }) => coalition),
      options,
    );
  },
  count({ question: { options }, votes }) {
    const worths = new Map<string, Fraction[]>();
    for (const { choice, weight } of votes) {
      for (const { coalition, worth } of choice) {
        const name = coalitionName(coalition);
        const said = worths.get(name) ?? [];
        worths.set(name, said);
        said.push(rational(worth).mul(weight));
      }
    }
    const worthOf = (coalition: readonly string[]) =>
      written(sum(worths.get(coalitionName(coalition)) ?? []));
    const tally = shapleyValue(options, worthOf);
    const values = options.map((option) => rational(tally[option]!));
    const winners = positionsOfLargest(values).map((position) => options[position]!);
    return { winners, tally, why: `${listed(winners)} adds most on average` };
  },
};

const coalitionName = (coalition: readonly string[]) =>
  JSON.stringify([...new Set(coalition)].sort());

/** A vote with a quota, and the Shapley-Shubik power that the weights give each voter. */
const shapley_shubik: GameRule<"shapley_shubik"> = {
  checkQuestion: checkVote,
  check: (choice, { options }) => unknownIn([choice], options),
  count: (game) => carried(game, shapleyShubik),
};

/** A vote with a quota, and the Banzhaf power that the weights give each voter. */
const banzhaf: GameRule<"banzhaf"> = {
  checkQuestion: checkVote,
  check: (choice, { options }) => unknownIn([choice], options),
  count: (game) => carried(game, banzhafPower),
};

function checkVote(question: Question, { quota }: { quota: Rational }): string | null {
  if (question.voters.length > MAX_VOTERS) return `The rule takes ${MAX_VOTERS} voters at the most`;
  return rational(quota).gt(0) ? checkOptions(question) : "The quota must be positive";
}

function carried(
  { question: { options, voters }, votes, config }: Game<"shapley_shubik" | "banzhaf">,
  powerOf: (vote: WeightedVote) => Record<string, string | { index: string; swings: number }>,
): Count {
  const totals = options.map((option) =>
    sum(votes.filter(({ choice }) => choice === option).map(({ weight }) => weight)),
  );
  const { quota } = config;
  const weights = Object.fromEntries(voters.map((voter) => [voter, config.weights?.[voter] ?? 1]));
  const winners = positionsOfLargest(totals)
    .filter((position) => totals[position]!.gte(rational(quota)))
    .map((position) => options[position]!);
  const tally = Object.fromEntries(options.map((option, i) => [option, written(totals[i]!)]));
  return {
    winners,
    tally: { votes: tally, power: powerOf({ quota, weights }) },
    why: `The quota is ${quota}; ${listed(winners)} reached it`,
  };
}

export const coalitionRules = { shapley, shapley_shubik, banzhaf };
