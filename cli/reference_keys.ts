import type { Json } from "../contract/json.ts";
import { bayesianTruthSerum } from "../server/orchestration/consensus/game_theory/bayesian_truth_serum.ts";
import {
  equilibria,
  type Payoffs,
  pureEquilibria,
} from "../server/orchestration/consensus/game_theory/nash.ts";
import { secondPrice } from "../server/orchestration/consensus/game_theory/second_price.ts";
import {
  type Shares,
  surprisinglyPopular,
} from "../server/orchestration/consensus/game_theory/surprisingly_popular.ts";
import { auctionOf, shapleyOf } from "./reference_games.ts";
import {
  count,
  hasQuorum,
  mostVotes,
  passes,
  type Ranked,
  runoffWinner,
  schulzeOrder,
  strongestPaths,
  type Threshold,
  tallyOf,
  winnersOf,
} from "./reference_votes.ts";

/**
 * What a key of the reference file is: `given` (an input or a remark), keys of its own, or how to
 * compute its value from its case and the case's name; undefined where the inputs are not known.
 */
export type Keys<Case> = {
  readonly [key: string]: "given" | ((one: Case, name: string) => Json | undefined) | Keys<Case>;
};

const ballots: Keys<Ranked> = {
  source: "given",
  ballots: "given",
  approvals: "given",
  total: (one) => one.ballots!.reduce((total, [votes]) => total + votes, 0),
  tally: (one) => tallyOf(one, "approval"),
  winners: (one) => winnersOf(one, "approval"),
  pairwise: (one) => tallyOf(one, "condorcet"),
  plurality: {
    tally: (one) => tallyOf(one, "plurality"),
    winners: (one) => winnersOf(one, "plurality"),
    has_majority: (one) => winnersOf(one, "majority").length > 0,
  },
  condorcet_winner: (one) => winnersOf(one, "condorcet")[0] ?? null,
  copeland: {
    score: (one) => tallyOf(one, "copeland"),
    winners: (one) => winnersOf(one, "copeland"),
  },
  schulze: {
    winners: (one) => winnersOf(one, "schulze"),
    order: schulzeOrder,
    strongest_paths_winning_votes: strongestPaths,
  },
  minimax_margins: {
    worst_defeat: (one) => tallyOf(one, "minimax"),
    winners: (one) => winnersOf(one, "minimax"),
  },
  irv: {
    winner: runoffWinner,
    rounds: (one) => [...count(one, "instant_runoff").rounds],
  },
  borda_n_minus_1: {
    tally: (one) => tallyOf(one, "borda"),
    winners: (one) => winnersOf(one, "borda"),
  },
  votelib: {
    schulze: (one) => winnersOf(one, "schulze"),
    copeland_2o: (one) => winnersOf(one, "copeland"),
    minimax_margins: (one) => winnersOf(one, "minimax"),
    rankedpairs_winvotes: (one) => winnersOf(one, "ranked_pairs"),
    kemeny_young: (one) => winnersOf(one, "kemeny_young"),
    irv: (one) => winnersOf(one, "instant_runoff"),
  },
};

const games: Keys<{ row: Payoffs; col: Payoffs }> = {
  row: "given",
  col: "given",
  note: "given",
  pure_ne: ({ row, col }) => pureEquilibria(row, col),
  support_enumeration_nashpy: ({ row, col }) =>
    equilibria(row, col).equilibria.map((profile) => profile.map((side) => [...side])),
};

type Bids = Record<string, number>;

const auctions: Keys<{ bids: Bids; tie: { bids: Bids } }> = {
  source: "given",
  expected: (_, name) => auctionOf(name)?.payments,
  computed_payments: (_, name) => auctionOf(name)?.payments,
  welfare: (_, name) => auctionOf(name)?.welfare,
  bids: "given",
  winner: ({ bids }) => secondPrice(bids).winners.join(" and "),
  price: ({ bids }) => secondPrice(bids).price,
  tie: {
    bids: "given",
    rule: "given",
    price: ({ tie }) => secondPrice(tie.bids).price,
  },
};

const coalitional: Keys<{ expected: Json }> = {
  source: "given",
  expected: ({ expected }, name) => {
    const values = shapleyOf(name);
    return values && Array.isArray(expected) ? Object.values(values) : values;
  },
  computed: (_, name) => shapleyOf(name),
};

interface Elicited {
  readonly votes: Shares;
  readonly mean_predicted: Shares;
  readonly answer: string;
  readonly answers: readonly string[];
  readonly predictions: readonly Shares[];
}

const elicitation: Keys<Elicited> = {
  source: "given",
  question: "given",
  votes: "given",
  mean_predicted: "given",
  surprise: ({ votes, mean_predicted }) => surprisinglyPopular(votes, mean_predicted).surprise,
  majority: ({ votes }) => mostVotes(votes),
  answer: ({ votes, mean_predicted, answer }) => {
    const remark = / \(.*\)$/.exec(answer)?.[0] ?? "";
    return surprisinglyPopular(votes, mean_predicted).winners.join(" and ") + remark;
  },
  answers: "given",
  predictions: "given",
  frequencies: (one) => truthSerum(one).frequencies,
  scores: (one) => truthSerum(one).scores,
  sum: (one) => truthSerum(one).sum,
};

function truthSerum({ answers, predictions }: Elicited) {
  const said = answers.map((answer, i) => ({ answer, prediction: predictions[i]! }));
  return bayesianTruthSerum(Object.keys(predictions[0]!), said);
}

const thresholds: Keys<Threshold> = {
  note: "given",
  yes: "given",
  no: "given",
  abstain: "given",
  eligible: "given",
  strict_majority_of_cast: passes({ rule: "majority" }),
  majority_of_eligible: passes({ rule: "majority", base: "eligible" }),
  supermajority_2_3: passes({ rule: "supermajority", threshold: "2/3" }),
  "mallm_majority_ge_0.5": passes({ rule: "supermajority", threshold: "0.5", base: "eligible" }),
  "mallm_supermajority_ge_0.66": passes({
    rule: "supermajority",
    threshold: "0.66",
    base: "eligible",
  }),
  quorum_50pct_by_presence_excl_abstain: hasQuorum("ignore"),
  quorum_50pct_incl_abstain: hasQuorum("count"),
};

/** Section → its keys. The one place to add a key to. */
export const sections: { readonly [section: string]: Keys<never> } = {
  ballots,
  games,
  auctions,
  coalitional,
  elicitation,
  thresholds,
};
