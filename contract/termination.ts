import * as z from "zod";
import { Expression } from "./expression.ts";

const limit = z.int().min(1).max(1_000_000_000);
const milliseconds = z.int().min(1).max(31_536_000_000);
const name = z.string().min(1).max(200);

/** The conditions that look at one thing; their meaning is AutoGen AgentChat's where it has them. */
const Single = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("text_mention"),
    text: z.string().min(1).max(10_000),
    sources: z.array(name).max(1000).optional(),
  }),
  z.strictObject({ type: z.literal("max_turns"), max_turns: limit }),
  z.strictObject({
    type: z.literal("max_messages"),
    max_messages: limit,
    include_events: z.boolean().optional().describe("Count tool calls and their results too"),
  }),
  z.strictObject({ type: z.literal("timeout"), timeout_ms: milliseconds }),
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
    max_cost: z.string().regex(/^\d{1,18}(\.\d{1,18})?$/, "must be a decimal string such as 2.50"),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
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
]);
export type SingleCondition = z.infer<typeof Single>;

export type Condition = SingleCondition | { all: Condition[] } | { any: Condition[] };

const children = z.lazy(() => z.array(Condition).min(1).max(100));

/** When a run stops: a tree whose leaves are conditions. */
export const Condition: z.ZodType<Condition> = z.union([
  Single,
  z.strictObject({ all: children }),
  z.strictObject({ any: children }),
]);

/** What `termination_condition_config` holds, by `termination_condition_type`. */
const configs = {
  text_mention: leaf("text_mention"),
  max_turns: leaf("max_turns"),
  timeout: leaf("timeout"),
  custom: Condition,
} as const;

function leaf<Type extends SingleCondition["type"]>(type: Type) {
  // What the column does not say, its neighbour does.
  return z.preprocess(
    (config) => (typeof config === "object" && config !== null ? { ...config, type } : config),
    Single,
  );
}

/**
 * Reads when a team stops from its two columns.
 * @returns as zod's safeParse; null when nothing stops it but its own end
 */
export function readCondition(
  type: keyof typeof configs | null,
  config: unknown,
): z.ZodSafeParseResult<Condition | null> {
  return (type === null ? z.null() : configs[type]).safeParse(
    type === null ? null : (config ?? {}),
  );
}
