import * as z from "zod";

const EXACT = /^-?\d{1,15}(\.\d{1,15}|\/[1-9]\d{0,14})?$/;

/** An exact number: `12`, `0.5`, `"2/3"`. A JSON number is read as the decimal that it is written as. */
const exact = z.union(
  [
    z.string().regex(EXACT, "must be such as 12, 0.5 or 2/3"),
    z
      .number()
      .refine((value) => EXACT.test(String(value)), "has too many digits; write it as a text"),
  ],
  "must be a number, such as 12, 0.5 or 2/3",
);
const isNotNegative = (value: string | number) => !String(value).startsWith("-");
/** As `exact`, and not negative. */
const amount = exact.refine(isNotNegative, "must not be negative");
const name = z.string().min(1).max(200);

/**
 * As `exact`, in a ballot: with denominators so small that all numbers of all ballots have a common one of some
 * 50 digits. Without a bound it gets longer with every number, and counting takes minutes.
 */
const counted = exact.refine(
  (value) => !/\/\d{3}/.test(String(value)),
  "must have a denominator below 100, or be a decimal",
);
/** As `counted`, and not negative. */
const countedAmount = counted.refine(isNotNegative, "must not be negative");
const table = z.array(z.array(counted).min(1).max(100)).min(1).max(100);

/** What each rule of game theory takes in its config, beside what every rule takes. */
export const gameTheoryShapes = {
  vickrey: {},
  vcg: {
    items: z
      .array(name)
      .min(1)
      .max(20)
      .optional()
      .describe("What is sold, by bids for bundles; without it an option is chosen"),
  },
  nash: {},
  zero_sum: {
    scenarios: z.array(name).min(1).max(20).describe("What may come, at its worst for the group"),
  },
  shapley: {},
  shapley_shubik: { quota: amount.describe("The weight that carries an option") },
  banzhaf: { quota: amount.describe("The weight that carries an option") },
  bayesian_truth_serum: {
    alpha: amount.optional().describe("Weight of the prediction in the score; 1 unless told"),
  },
  surprisingly_popular: {},
} as const;

const option = name.describe("One of the options");

const prediction = z.strictObject({
  answer: option,
  prediction: z
    .record(name, countedAmount)
    .describe("Option → share of all answers; they add up to 1"),
});

/** What a ballot is under each rule of game theory; the rule checks that the names in it are known. */
export const gameTheoryBallots = {
  vickrey: countedAmount.describe("A bid"),
  vcg: z.union([
    z.record(name, counted).describe("Option → what it is worth to the voter, 0 if left out"),
    z
      .array(z.strictObject({ items: z.array(name).min(1).max(20), value: countedAmount }))
      .max(100)
      .describe("Bids for bundles of items, of which at most one is granted"),
  ]),
  nash: table.describe("The voter's payoffs: a row for each own option, a column for the other's"),
  zero_sum: table.describe("What each option (a row) yields in each scenario (a column)"),
  shapley: z
    .array(z.strictObject({ coalition: z.array(name).min(1).max(20), worth: counted }))
    .max(5000)
    .describe("What coalitions of options are worth; others are worth nothing"),
  shapley_shubik: option,
  banzhaf: option,
  bayesian_truth_serum: prediction,
  surprisingly_popular: prediction,
} as const;

export type GameTheoryRule = keyof typeof gameTheoryShapes;

/** The config of one rule, without what every rule takes. */
export type GameTheoryConfig<Name extends GameTheoryRule> = z.infer<
  z.ZodObject<(typeof gameTheoryShapes)[Name]>
>;

/** A ballot under one rule. */
export type GameTheoryBallot<Name extends GameTheoryRule> = z.infer<
  (typeof gameTheoryBallots)[Name]
>;
