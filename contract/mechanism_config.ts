import * as z from "zod";
import { Expression } from "./expression.ts";
import { gameTheoryShapes } from "./game_theory_config.ts";

const agent = z.string().min(1).max(200).describe("A voter: a member's name or agent_id");
/** An exact number: `0.5`, `2/3`, `12`. */
const exact = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,15}|\/[1-9]\d{0,14})?$/, "must be such as 2/3 or 0.5");

/** A share of something: more than nothing and at most all of it. */
const share = exact.refine((written) => {
  const [part, whole = "1"] = written.split("/");
  return Number(part) > 0 && Number(part) <= Number(whole);
}, "must be more than 0 and at most 1");

/** What every rule takes besides its own. */
const common = {
  deadline_ms: z.int().min(1).max(31_536_000_000).optional(),
  tie_break: z
    .enum(["no_decision", "option_order"])
    .optional()
    .describe("Between tied options: none of them (unless told), or the one named first"),
  quorum: z
    .strictObject({
      at_least: share.describe("A share of the base"),
      base: z
        .enum(["eligible", "cast"])
        .optional()
        .describe(
          "Of all weight there is (unless told), or of all ballots, abstentions among them",
        ),
      abstentions: z
        .enum(["count", "ignore"])
        .optional()
        .describe("Whether who abstains takes part; count unless told"),
    })
    .optional()
    .describe("Without so many ballots nothing is decided"),
  weights: z.record(agent, exact).optional().describe("Voter → weight; 1 unless told"),
};

const rule = <Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.strictObject({ rule: z.literal(name), ...common, ...shape });

const base = z
  .enum(["cast", "eligible"])
  .optional()
  .describe(
    "A share of what was cast without abstentions (unless told), or of all weight there is",
  );

const democratic = z.discriminatedUnion("rule", [
  rule("plurality", {}),
  rule("majority", { base }),
  rule("supermajority", { threshold: share, base }),
  rule("unanimity", {}),
  rule("approval", {}),
  rule("range", {
    min: z.int().optional().describe("0 unless told"),
    max: z.int().optional().describe("10 unless told"),
  }).refine(({ min = 0, max = 10 }) => min < max, {
    path: ["min"],
    message: "must be less than max",
  }),
  rule("borda", {}),
  rule("instant_runoff", {}),
  rule("condorcet", {}),
  rule("copeland", {}),
  rule("schulze", {}),
  rule("ranked_pairs", {}),
  rule("minimax", {}),
  rule("kemeny_young", {}),
]);

const autocratic = z.discriminatedUnion("rule", [
  rule("authority", {
    authority: agent,
    delegate: agent.optional().describe("Whose ballot counts where the authority's is missing"),
  }),
  rule("judge", { authority: agent.describe("Decides when everybody else has voted") }),
  rule("veto", { veto_holders: z.array(agent).min(1).max(1000) }),
]);

const gameTheory = z.discriminatedUnion("rule", [
  rule("vickrey", gameTheoryShapes.vickrey),
  rule("vcg", gameTheoryShapes.vcg),
  rule("nash", gameTheoryShapes.nash),
  rule("zero_sum", gameTheoryShapes.zero_sum),
  rule("shapley", gameTheoryShapes.shapley),
  rule("shapley_shubik", gameTheoryShapes.shapley_shubik),
  rule("banzhaf", gameTheoryShapes.banzhaf),
  rule("bayesian_truth_serum", gameTheoryShapes.bayesian_truth_serum),
  rule("surprisingly_popular", gameTheoryShapes.surprisingly_popular),
]);

const custom = z.discriminatedUnion("rule", [rule("expression", { expression: Expression })]);

const defaulted = (options: z.ZodType, name: string) =>
  z.preprocess(
    (config) =>
      typeof config === "object" && config !== null ? { rule: name, ...config } : config,
    options,
  );

/** Every rule of every type of mechanism; see readMechanism. */
const configs = { democratic, autocratic, game_theory: gameTheory, custom } as const;

export type RuleConfig = z.infer<(typeof configs)[keyof typeof configs]>;
export type RuleName = RuleConfig["rule"];

/** Rules under which no ballot weighs more than another, for what they weigh has no meaning there. */
const UNWEIGHED: ReadonlySet<RuleName> = new Set(["vickrey", "nash", "bayesian_truth_serum"]);

/** Whether a ballot may weigh more than another under a rule. */
export const isWeighed = (rule: RuleName): boolean => !UNWEIGHED.has(rule);

/**
 * Reads the config of a consensus mechanism that is there already: what was taken before it was refused
 * (see readNewMechanism) is still taken.
 * @returns as zod's safeParse; a democratic one whose config names no rule is a plurality vote
 */
export function readMechanism(
  type: keyof typeof configs,
  config: unknown,
): z.ZodSafeParseResult<RuleConfig> {
  return schemaOf(type).safeParse(config);
}

const schemaOf = (type: keyof typeof configs) =>
  (type === "democratic"
    ? defaulted(democratic, "plurality")
    : configs[type]) as z.ZodType<RuleConfig>;

/**
 * Reads the config of a consensus mechanism that is to be written.
 * @returns as readMechanism, and an issue for what could mean nothing
 */
export function readNewMechanism(
  type: keyof typeof configs,
  config: unknown,
): z.ZodSafeParseResult<RuleConfig> {
  return schemaOf(type).superRefine(refuseMeaningless).safeParse(config);
}

function refuseMeaningless(config: RuleConfig, { addIssue }: z.RefinementCtx): void {
  if (config.weights && !isWeighed(config.rule)) {
    addIssue({ code: "custom", path: ["weights"], message: "mean nothing under this rule" });
  }
  if ("quota" in config && !/[1-9]/.test(String(config.quota).split("/")[0]!)) {
    addIssue({ code: "custom", path: ["quota"], message: "must be more than 0" });
  }
}
