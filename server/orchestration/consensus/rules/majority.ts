import Fraction from "fraction.js";
import type { RuleConfig } from "../../../../contract/mechanism_config.ts";
import { oneOption } from "../choices.ts";
import { leaders, sum, texts, written } from "../numbers.ts";
import type { Count, Election, Rule } from "../types.ts";
import { firstChoices } from "./first_choices.ts";

type Config<Name> = Extract<RuleConfig, { rule: Name }>;

/** Strictly more than half of what was cast, or of all there is (Robert's Rules of Order, §44). */
export const majority: Rule<Config<"majority">> = {
  check: oneOption,
  extremes: ({ options }) => options,
  count: (election) =>
    share(election, election.config.base, (votes, base) => votes.mul(2).compare(base) > 0, "half"),
};

/** At least an exact fraction, such as 2/3. */
export const supermajority: Rule<Config<"supermajority">> = {
  check: oneOption,
  extremes: ({ options }) => options,
  count(election) {
    const { threshold, base } = election.config;
    const least = new Fraction(threshold);
    return share(election, base, (votes, all) => votes.compare(all.mul(least)) >= 0, threshold);
  },
};

/** Everybody who does not abstain says the same. */
export const unanimity: Rule = {
  check: oneOption,
  extremes: ({ options }) => options,
  count: (election) => share(election, "cast", (votes, base) => votes.equals(base), "all"),
};

function share(
  election: Election,
  base: "cast" | "eligible" = "cast",
  isEnough: (votes: Fraction, base: Fraction) => boolean,
  needed: string,
): Count {
  const tally = firstChoices(election);
  const all = base === "cast" ? sum([...tally.values()]) : election.eligible;
  // Two options may both reach a fraction of no more than half.
  const winners = leaders(tally).filter((option) => isEnough(tally.get(option)!, all));
  const found = winners.length > 0 ? winners.join(" and ") : "No option";
  return {
    winners,
    tally: texts(tally),
    why: `${found} has what is needed: ${needed} of ${written(all)} ${base}`,
  };
}
