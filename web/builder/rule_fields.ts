import type { ConsensusMechanism } from "../../contract/consensus_mechanism.ts";
import { isWeighed, type RuleConfig, type RuleName } from "../../contract/mechanism_config.ts";
import type { Field, Fields, FieldsOf, Values } from "./field.ts";

type CommonKey = "rule" | "deadline_ms" | "tie_break" | "quorum" | "weights";
type Common = Omit<Pick<RuleConfig, CommonKey>, "rule">;
type Shown = {
  readonly [Name in RuleName]: {
    readonly type: ConsensusMechanism["type"];
    readonly label: string;
    readonly help: string;
    readonly fields: FieldsOf<Omit<Extract<RuleConfig, { rule: Name }>, CommonKey>>;
  };
};

/** What the types of mechanisms mean. */
export const mechanismTypes: Readonly<Record<ConsensusMechanism["type"], string>> = {
  democratic: "Everybody votes",
  autocratic: "Some decide",
  game_theory: "Game theory",
  custom: "A rule of your own",
};

const base: Field = {
  kind: "choice",
  label: "A share of what",
  unset: "What was cast, without abstentions",
  options: {
    cast: "What was cast, without abstentions",
    eligible: "Everybody who may vote",
  },
};
const quota: Field = { kind: "text", label: "Quota", help: "The weight that carries an option." };

/** Every rule of every type of mechanism, as the form shows it. */
export const rules: Shown = {
  plurality: {
    type: "democratic",
    label: "Plurality",
    help: "The option with the most votes wins.",
    fields: {},
  },
  majority: {
    type: "democratic",
    label: "Majority",
    help: "An option needs more than half.",
    fields: { base },
  },
  supermajority: {
    type: "democratic",
    label: "Supermajority",
    help: "An option needs a share that you set.",
    fields: {
      threshold: { kind: "text", label: "Share needed", help: "Such as 2/3 or 0.75" },
      base,
    },
  },
  unanimity: {
    type: "democratic",
    label: "Unanimity",
    help: "All must choose the same option.",
    fields: {},
  },
  approval: {
    type: "democratic",
    label: "Approval",
    help: "Each voter approves any number of options; the most approved wins.",
    fields: {},
  },
  range: {
    type: "democratic",
    label: "Score",
    help: "Each voter scores every option; the highest sum wins.",
    fields: {
      min: { kind: "whole", label: "Lowest score", help: "0 if empty." },
      max: { kind: "whole", label: "Highest score", help: "10 if empty." },
    },
  },
  borda: {
    type: "democratic",
    label: "Borda count",
    help: "Voters rank the options; places give points.",
    fields: {},
  },
  instant_runoff: {
    type: "democratic",
    label: "Instant runoff",
    help: "Voters rank; the weakest option falls out until one has a majority.",
    fields: {},
  },
  condorcet: {
    type: "democratic",
    label: "Condorcet",
    help: "Voters rank; the option that beats every other one wins, if there is one.",
    fields: {},
  },
  copeland: {
    type: "democratic",
    label: "Copeland",
    help: "Voters rank; the option that wins the most duels wins.",
    fields: {},
  },
  schulze: {
    type: "democratic",
    label: "Schulze",
    help: "Voters rank; the strongest chains of duels decide.",
    fields: {},
  },
  ranked_pairs: {
    type: "democratic",
    label: "Ranked pairs",
    help: "Voters rank; duels are locked in from the clearest to the closest.",
    fields: {},
  },
  minimax: {
    type: "democratic",
    label: "Minimax",
    help: "Voters rank; the option whose worst defeat is smallest wins.",
    fields: {},
  },
  kemeny_young: {
    type: "democratic",
    label: "Kemeny–Young",
    help: "Voters rank; the order that agrees most with all of them decides. 10 options at most.",
    fields: {},
  },
  authority: {
    type: "autocratic",
    label: "One decides",
    help: "Only one member's ballot counts.",
    fields: {
      authority: { kind: "member", label: "Who decides" },
      delegate: { kind: "member", label: "Stand-in", help: "Counts where the first is missing." },
    },
  },
  judge: {
    type: "autocratic",
    label: "A judge",
    help: "One member decides after everybody else has voted.",
    fields: { authority: { kind: "member", label: "Judge" } },
  },
  veto: {
    type: "autocratic",
    label: "Veto",
    help: "All vote, and some can rule an option out.",
    fields: { veto_holders: { kind: "members", label: "Who has a veto" } },
  },
  vickrey: {
    type: "game_theory",
    label: "Vickrey auction",
    help: "Sealed bids; the highest wins and pays the second highest.",
    fields: {},
  },
  vcg: {
    type: "game_theory",
    label: "VCG",
    help: "Voters say what options are worth to them, and winners pay what they cost the others.",
    fields: {
      items: {
        kind: "names",
        label: "Items for sale",
        help: "For bids on bundles; if empty, one of the options is chosen.",
      },
    },
  },
  nash: {
    type: "game_theory",
    label: "Nash equilibrium",
    help: "Two voters state payoffs; an equilibrium is looked for.",
    fields: {},
  },
  zero_sum: {
    type: "game_theory",
    label: "Zero sum",
    help: "The option that is best in the worst scenario wins.",
    fields: { scenarios: { kind: "names", label: "Scenarios", help: "What may come." } },
  },
  shapley: {
    type: "game_theory",
    label: "Shapley value",
    help: "Options are worth what they add to every coalition.",
    fields: {},
  },
  shapley_shubik: {
    type: "game_theory",
    label: "Shapley–Shubik power",
    help: "Counts how often a voter turns a coalition into a winning one.",
    fields: { quota },
  },
  banzhaf: {
    type: "game_theory",
    label: "Banzhaf power",
    help: "Counts the coalitions in which a voter is decisive.",
    fields: { quota },
  },
  bayesian_truth_serum: {
    type: "game_theory",
    label: "Bayesian truth serum",
    help: "Rewards answers that are more common than the voters predicted.",
    fields: {
      alpha: { kind: "text", label: "Weight of the prediction", help: "1 if empty." },
    },
  },
  surprisingly_popular: {
    type: "game_theory",
    label: "Surprisingly popular",
    help: "The answer that is more common than predicted wins.",
    fields: {},
  },
  expression: {
    type: "custom",
    label: "JSON Logic",
    help: "A rule over { options, leaders, tally, ballots } names what is decided.",
    fields: { expression: { kind: "rule", label: "Rule" } },
  },
};

const commonFields: FieldsOf<Common> = {
  deadline_ms: {
    kind: "duration",
    label: "Time to vote",
    help: "Then the ballots that are there decide. No limit if empty.",
  },
  tie_break: {
    kind: "choice",
    label: "If options tie",
    unset: "Nothing is decided",
    options: { no_decision: "Nothing is decided", option_order: "The one named first wins" },
  },
  quorum: {
    kind: "group",
    label: "Quorum",
    optional: "Enough must take part",
    fields: {
      at_least: { kind: "text", label: "Share that must take part", help: "Such as 1/2" },
      base: {
        kind: "choice",
        label: "A share of what",
        unset: "Everybody who may vote",
        options: { eligible: "Everybody who may vote", cast: "All ballots" },
      },
      abstentions: {
        kind: "choice",
        label: "Who abstains",
        unset: "Takes part",
        options: { count: "Takes part", ignore: "Does not take part" },
      },
    },
  },
  weights: {
    kind: "per_member",
    label: "Weight of each vote",
    help: "Whole numbers or fractions, such as 2 or 1/3; 1 if empty.",
    each: { kind: "text", label: "Weight" },
  },
};

/**
 * What a rule takes that others take too.
 * @param values as they are: what it takes no more can still be seen, and taken out
 */
export function commonFieldsOf(rule: RuleName, values: Values = {}): Fields {
  const { weights, ...others } = commonFields;
  return isWeighed(rule) || "weights" in values ? commonFields : others;
}
