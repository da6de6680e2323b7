import * as z from "zod";
import { faultsIn } from "./errors.ts";
import { Expression } from "./expression.ts";

/** In one tree: more than any team needs, and few enough to look at under a session's lock. */
const MAX_CONDITIONS = 100;

const limit = z.int().min(1).max(1_000_000_000);
const milliseconds = z.int().min(1).max(31_536_000_000);
const name = z.string().min(1).max(200);

const TextMention = z.strictObject({
  type: z.literal("text_mention"),
  text: z.string().min(1).max(10_000),
  sources: z.array(name).max(1000).optional(),
});
const MaxTurns = z.strictObject({ type: z.literal("max_turns"), max_turns: limit });
const Timeout = z.strictObject({ type: z.literal("timeout"), timeout_ms: milliseconds });

/** The conditions that look at one thing; their meaning is AutoGen AgentChat's where it has them. */
const Single = z.discriminatedUnion(
  "type",
  [
    TextMention,
    MaxTurns,
    Timeout,
    z.strictObject({
      type: z.literal("max_messages"),
      max_messages: limit,
      include_events: z.boolean().optional().describe("Count tool calls and their results too"),
    }),
    z
      .strictObject({
        type: z.literal("token_usage"),
        max_total: limit.optional(),
        max_prompt: limit.optional(),
        max_completion: limit.optional(),
      })
      .refine(
        ({ max_total, max_prompt, max_completion }) => max_total ?? max_prompt ?? max_completion,
        "needs at least one of max_total, max_prompt and max_completion",
      ),
    z.strictObject({
      type: z.literal("cost"),
      max_cost: z
        .string()
        .regex(/^\d{1,18}(\.\d{1,18})?$/, "must be a decimal string such as 2.50")
        .refine((amount) => /[1-9]/.test(amount), "must be more than nothing"),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/, "must be an ISO 4217 code such as USD")
        .optional()
        .describe("USD unless told"),
    }),
    z.strictObject({ type: z.literal("handoff"), target: name }),
    z.strictObject({ type: z.literal("source_match"), sources: z.array(name).min(1).max(1000) }),
    z.strictObject({ type: z.literal("stop_message") }),
    z.strictObject({ type: z.literal("function_call"), function_name: name }),
    z.strictObject({ type: z.literal("text_message"), source: name.optional() }),
    z.strictObject({ type: z.literal("external") }),
    z.strictObject({ type: z.literal("expression"), expression: Expression }),
  ],
  "must be a condition: { all: […] }, { any: […] }, or an object with one of the known types",
);
export type SingleCondition = z.infer<typeof Single>;

export type Condition = SingleCondition | { all: Condition[] } | { any: Condition[] };

// A plain union would say of the whole tree that none of its shapes fits, and not where.
const Node: z.ZodType<Condition> = z.custom<Condition>().superRefine((node, context) => {
  const schema = isTree(node, "all") ? All : isTree(node, "any") ? Any : Single;
  for (const { path, message } of faultsIn(schema.safeParse(node).error)) {
    context.addIssue({ code: "custom", path: [...path], message });
  }
});
const children = z.array(Node).min(1);
const All = z.strictObject({ all: children });
const Any = z.strictObject({ any: children });

function isTree<Key extends "all" | "any">(node: unknown, key: Key): node is Record<Key, unknown> {
  return typeof node === "object" && node !== null && key in node;
}

/** When a run stops: a tree whose leaves are conditions. */
export const Condition: z.ZodType<Condition> = z
  .unknown()
  .refine(isBounded, {
    message: `has more than ${MAX_CONDITIONS} conditions, all and any among them`,
    abort: true,
  })
  .pipe(Node);

// Without recursion, so that no depth can harm it; each level is a condition, so this bounds both.
function isBounded(tree: unknown): boolean {
  const nodes = [tree];
  for (const node of nodes) {
    const below = isTree(node, "all") ? node.all : isTree(node, "any") ? node.any : [];
    if (!Array.isArray(below)) continue;
    if (nodes.length + below.length > MAX_CONDITIONS) return false;
    nodes.push(...below);
  }
  return true;
}

/** What `termination_condition_config` holds, by `termination_condition_type`. */
const configs = {
  text_mention: TextMention.omit({ type: true }).transform(
    (config): Condition => ({ type: "text_mention", ...config }),
  ),
  max_turns: MaxTurns.omit({ type: true }).transform(
    (config): Condition => ({ type: "max_turns", ...config }),
  ),
  timeout: Timeout.omit({ type: true }).transform(
    (config): Condition => ({ type: "timeout", ...config }),
  ),
  custom: Condition,
} as const;

/**
 * Reads when a team stops from its two columns.
 * @returns as zod's safeParse; null when nothing stops it but its own end
 */
export function readCondition(
  type: keyof typeof configs | null,
  config: unknown,
): z.ZodSafeParseResult<Condition | null> {
  return type === null ? z.null().safeParse(null) : configs[type].safeParse(config ?? {});
}
