// The votes of the reference file, through the very rules that settle decisions.
import type { Json, JsonObject } from "../contract/json.ts";
import { rational } from "../server/orchestration/consensus/game_theory/rational.ts";
import type { Shares } from "../server/orchestration/consensus/game_theory/surprisingly_popular.ts";
import { outcomeOf } from "../server/orchestration/consensus/settle.ts";
import type { Outcome } from "../server/orchestration/consensus/types.ts";

/** Ballots, a letter an option: how many there are, and the ranking or the options approved of. */
export interface Ranked {
  readonly ballots?: readonly (readonly [votes: number, ranking: string])[];
  readonly approvals?: Readonly<Record<string, number>>;
}

/** Rules whose ballot is one option. */
const ONE_OPTION = new Set(["plurality", "majority"]);

/** Counts the ballots of a case under a democratic rule. */
export function count({ ballots, approvals = {} }: Ranked, rule: string): Outcome {
  const groups =
    ballots ?? Object.entries(approvals).map(([letters, votes]) => [votes, letters] as const);
  const voters = groups.map((_, position) => `group ${position + 1}`);
  const weights = Object.fromEntries(groups.map(([votes], i) => [voters[i]!, `${votes}`]));
  return outcomeOf(
    { type: "democratic", config: { rule, weights } },
    { options: [...new Set(groups.flatMap(([, letters]) => [...letters]))].sort(), voters },
    groups.map(([, letters], i) => ({
      voter: voters[i]!,
      choice: ONE_OPTION.has(rule) ? letters[0]! : [...letters],
    })),
  );
}

/** The winners under a rule, all of those that are tied. */
export function winnersOf(one: Ranked, rule: string): string[] {
  const { tie_break, winner } = count(one, rule);
  return tie_break ? [...tie_break.tied] : winner === null ? [] : [winner];
}

/** The tally of a rule. */
export const tallyOf = (one: Ranked, rule: string): Json => count(one, rule).tally;

/** `A>B` → strength of the strongest path. */
export const strongestPaths = (one: Ranked) =>
  (tallyOf(one, "schulze") as { strongest_paths: Record<string, string> }).strongest_paths;

/** All options, by how many others each beats by its strongest path. */
export function schulzeOrder(one: Ranked): string[] {
  const paths = strongestPaths(one);
  const { options } = count(one, "schulze");
  const beaten = (a: string) =>
    options.filter(
      (b) => a !== b && rational(paths[`${a}>${b}`]!).gt(rational(paths[`${b}>${a}`]!)),
    ).length;
  return [...options].sort((a, b) => beaten(b) - beaten(a));
}

/** Who wins the instant runoff, or `TIE:` and those of whom one would have to be struck. */
export function runoffWinner(one: Ranked): string {
  const { winner, rounds } = count(one, "instant_runoff");
  if (winner !== null) return winner;
  const last = Object.entries(rounds.at(-1) as Record<string, string>);
  const least = Math.min(...last.map(([, votes]) => Number(votes)));
  return `TIE:${last.flatMap(([option, votes]) => (Number(votes) === least ? option : [])).join("")}`;
}

/** The answer with the largest share of the votes. */
export function mostVotes(votes: Shares): string | null {
  const voters = Object.keys(votes);
  const weights = Object.fromEntries(voters.map((voter) => [voter, `${votes[voter]!}`]));
  const ballots = voters.map((voter) => ({ voter, choice: voter }));
  const question = { options: voters, voters };
  return outcomeOf(
    { type: "democratic", config: { rule: "plurality", weights } },
    question,
    ballots,
  ).winner;
}

/** A vote by yes and no. */
export interface Threshold {
  readonly yes: number;
  readonly no: number;
  readonly abstain: number;
  readonly eligible: number;
}

/** Settles a vote by yes and no, a tie for yes. */
function settled({ yes, no, abstain, eligible }: Threshold, config: JsonObject): string | null {
  const choices = [
    ["yes", yes],
    ["no", no],
    ["abstain", abstain],
  ] as const;
  const voters = Array.from({ length: eligible }, (_, position) => `voter ${position + 1}`);
  const cast = choices.flatMap(([choice, votes]) => Array<string>(votes).fill(choice));
  return outcomeOf(
    { type: "democratic", config: { ...config, tie_break: "option_order" } },
    { options: ["yes", "no"], voters },
    cast.map((choice, position) => ({ voter: voters[position]!, choice })),
  ).winner;
}

/** Whether yes wins under a rule. */
export const passes = (config: JsonObject) => (one: Threshold) => settled(one, config) === "yes";

/** Whether at least half of all voters took part, those who abstain among them or not. */
export const hasQuorum = (abstentions: "count" | "ignore") => (one: Threshold) =>
  settled(one, { rule: "plurality", quorum: { at_least: "1/2", abstentions } }) !== null;
