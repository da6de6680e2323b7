import type { GameTheoryBallot } from "../../../../contract/game_theory_config.ts";
import type { RuleConfig } from "../../../../contract/mechanism_config.ts";
import type { Count } from "../types.ts";
import { checkOptions, type Game, type GameRule, listed, unknownIn } from "./game_rule.ts";
import { rational } from "./rational.ts";
import { secondPrice } from "./second_price.ts";
import { type Bid, clarkePivot, vcgAuction } from "./vcg.ts";

type Valuation = Exclude<GameTheoryBallot<"vcg">, unknown[]>;

/** Whether one of the winners is taken, since what is paid depends on which. */
const isTaken = (winners: readonly string[], { tie_break }: Pick<RuleConfig, "tie_break">) =>
  winners.length === 1 || (winners.length > 1 && tie_break === "option_order");

/** The highest bidder wins: `winner` is a voter. Options are not needed, and a bid counts as it is. */
const vickrey: GameRule<"vickrey"> = {
  check: () => null,
  count({ votes, config }) {
    const bids = Object.fromEntries(votes.map(({ voter, choice }) => [voter, choice]));
    const { winners: highest, price } = secondPrice(bids);
    const winners = votes.map(({ voter }) => voter).filter((voter) => highest.includes(voter));
    return {
      winners,
      tally: { bids, price },
      ...(isTaken(winners, config) && { payments: { [winners[0]!]: price } }),
      why: `${listed(winners)} bid most; the price is the highest other bid, ${price}`,
    };
  },
};

/** The option worth most to all together; or, where items are sold, who gets which. */
const vcg: GameRule<"vcg"> = {
  checkQuestion: (question, { items }) => (items ? null : checkOptions(question)),
  check(choice, { options }, { items }) {
    if (Array.isArray(choice) !== (items !== undefined)) {
      return items ? "must be a list of bids for items" : "must be a value by option";
    }
    return Array.isArray(choice)
      ? unknownIn(
          choice.flatMap((bid) => bid.items),
          items!,
        )
      : unknownIn(Object.keys(choice), options);
  },
  count: (game) => (game.config.items ? sale(game) : publicChoice(game)),
};

function publicChoice({ question: { options }, votes, config }: Game<"vcg">): Count {
  const values = votes.map(({ choice }) =>
    options.map((option) =>
      rational(Object.hasOwn(choice as Valuation, option) ? (choice as Valuation)[option]! : 0),
    ),
  );
  const { tied, welfare, totals, payments } = clarkePivot(values, weightsOf(votes));
  const winners = tied.map((outcome) => options[outcome]!);
  return {
    winners,
    tally: Object.fromEntries(options.map((option, outcome) => [option, totals[outcome]!])),
    ...(isTaken(winners, config) && { payments: byVoter(votes, payments) }),
    why: `${listed(winners)} is worth most to all together: ${welfare}`,
  };
}

function sale({ votes, config }: Game<"vcg">): Count {
  const { allocations, welfare, payments } = vcgAuction(
    votes.map(({ choice }) => choice as readonly Bid[]),
    weightsOf(votes),
  );
  const winners = allocations
    .map((allocation) =>
      votes
        .map(({ voter }, bidder) => ({ voter, items: allocation[bidder]! }))
        .filter(({ items }) => items.length > 0)
        .map(({ voter, items }) => `${voter}: ${items.join(", ")}`)
        .join("; "),
    )
    .filter((sold) => sold !== "");
  return {
    winners,
    tally: { welfare, allocation: byVoter(votes, [...allocations[0]!.map((items) => [...items])]) },
    ...(isTaken(winners, config) && { payments: byVoter(votes, payments) }),
    why: `No other allocation is worth more than ${welfare}`,
  };
}

const weightsOf = (votes: Game<"vcg">["votes"]) => votes.map(({ weight }) => weight);

const byVoter = <Value>(votes: readonly { voter: string }[], values: readonly Value[]) =>
  Object.fromEntries(votes.map(({ voter }, person) => [voter, values[person]!]));

export const auctionRules = { vickrey, vcg };
