import { sum, written } from "../numbers.ts";
import { checkOptions, type GameRule, listed } from "./game_rule.ts";
import { MAX_STRATEGIES, equilibria as mixedEquilibria, pureEquilibria } from "./nash.ts";
import { largest, matrix, type Rational, rational } from "./rational.ts";
import { MAX_SIDE, zeroSum } from "./zero_sum.ts";

/**
 * Two voters, both of whom choose among the options: those win on which neither would go back alone.
 * Mixed equilibria are told, and elect nobody.
 */
const nash: GameRule<"nash"> = {
  checkQuestion(question) {
    const { length } = question.voters;
    if (length !== 2) return `The rule takes two voters, and there are ${length}`;
    return checkOptions(question, MAX_STRATEGIES);
  },
  check: (choice, { options }) =>
    hasSize(choice, options.length, options.length)
      ? null
      : "must have a row and a column for each option",
  count({ question: { options }, votes }) {
    if (votes.length !== 2) return { winners: [], tally: {}, why: "It takes both players" };
    const row = votes[0]!.choice;
    const own = votes[1]!.choice;
    // The second voter's own options are the columns of the game.
    const column = own.map((_, i) => own.map((payoffs) => payoffs[i]!));
    const pure = pureEquilibria(row, column);
    const winners = options.filter((_, k) => pure.some(([i, j]) => i === k && j === k));
    const { equilibria, degenerate } = mixedEquilibria(row, column);
    const played = equilibria.map((profile) => profile.map((side) => [...side]));
    return {
      winners,
      tally: { pure, equilibria: played, degenerate },
      why: `Neither gains by leaving ${listed(winners)} alone; ${equilibria.length} equilibria${degenerate ? " and others, for the game is degenerate" : ""}`,
    };
  },
};

/**
 * The voters' payoffs, added up by weight, against the worst that may come: an option wins that
 * secures the value of the game by itself. Where only a mixture does, it is told and nobody wins.
 */
const zero_sum: GameRule<"zero_sum"> = {
  checkQuestion: (question, { scenarios }) =>
    scenarios.length > MAX_SIDE
      ? `The rule takes ${MAX_SIDE} scenarios at the most`
      : checkOptions(question, MAX_SIDE),
  check: (choice, { options }, { scenarios }) =>
    hasSize(choice, options.length, scenarios.length)
      ? null
      : "must have a row for each option and a column for each scenario",
  count({ question: { options }, config: { scenarios }, votes }) {
    const tables = votes.map(({ choice, weight }) => ({ table: matrix(choice), weight }));
    const payoffs = options.map((_, i) =>
      scenarios.map((_, j) => sum(tables.map(({ table, weight }) => table[i]![j]!.mul(weight)))),
    );
    const { value, row, column } = zeroSum(payoffs.map((line) => line.map(written)));
    const secured = payoffs.map((line) => largest(line.map((payoff) => payoff.neg())).neg());
    const winners = options.filter((_, i) => secured[i]!.equals(rational(value)));
    return {
      winners,
      tally: { value, options: [...row], scenarios: [...column] },
      why: winners.length
        ? `${listed(winners)} secures ${value}, and nothing secures more`
        : `Only a mixture of options secures ${value}`,
    };
  },
};

const hasSize = (table: readonly (readonly Rational[])[], rows: number, columns: number) =>
  table.length === rows && table.every((row) => row.length === columns);

export const matrixRules = { nash, zero_sum };
