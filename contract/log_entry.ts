import * as z from "zod";
import { command } from "./command.ts";
import { faultsIn } from "./errors.ts";
import { content, id, listOf, page, seq, timestamp } from "./field.ts";
import { jsonObject } from "./json.ts";

export const LogEntry = z.strictObject({
  kind: z.literal("log_entry"),
  id,
  session_id: id,
  seq,
  agent_id: id.nullable(),
  team_id: id.nullable(),
  user_id: id.nullable(),
  type: z.enum(["info", "warning", "error", "action", "decision", "cost", "token_usage"]),
  message: z.string(),
  data: jsonObject,
  created_at: timestamp,
});
export type LogEntry = z.infer<typeof LogEntry>;

/** Of one model call: far more than any uses, and so few that totals stay whole numbers. */
const count = z.int().min(0).max(1_000_000_000);
const charged = { turn_id: id.optional(), run_id: id.optional() };

/** What a model call used. The buckets are disjoint, so that they may be added up. */
export const TokenUsage = z.strictObject({
  model: z.string().min(1).max(200),
  input: count,
  output: count,
  cached_input: count.optional(),
  cache_write: count.optional(),
  reasoning: count.optional(),
  ...charged,
});
export type TokenUsage = z.infer<typeof TokenUsage>;

/** What something cost. The amount is a decimal string, since a float would round money. */
export const Cost = z.strictObject({
  amount: z.string().regex(/^\d{1,18}(\.\d{1,18})?$/, "must be a decimal string such as 0.0042"),
  currency: z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code such as USD"),
  model: z.string().max(200).optional(),
  price_version: z.string().max(200).optional(),
  ...charged,
});
export type Cost = z.infer<typeof Cost>;

/** `data` of the two types whose totals must be trustworthy; any object for the others. */
export const logData = { token_usage: TokenUsage, cost: Cost } as const;

/** Nouns of the events the server itself records; a client may not write an entry that claims to be one. */
export const reservedEvents = [
  "session",
  "member",
  "run",
  "turn",
  "round",
  "decision",
  "ballot",
] as const;

function checkData(
  entry: { type: LogEntry["type"]; data?: unknown },
  context: z.core.$RefinementCtx,
): void {
  if (entry.type === "token_usage" || entry.type === "cost") {
    const { error } = logData[entry.type].safeParse(entry.data);
    for (const { path, message } of faultsIn(error)) {
      context.addIssue({ code: "custom", path: ["data", ...path], message });
    }
  }
  const event = (entry.data as { event?: unknown } | null | undefined)?.event;
  if (typeof event === "string" && reservedEvents.some((noun) => event.startsWith(`${noun}.`))) {
    context.addIssue({
      code: "custom",
      path: ["data", "event"],
      message: `events of ${reservedEvents.join(", ")} are written by the server only`,
    });
  }
}

export const logPost = command({
  name: "log.post",
  summary: "Record what happened: information, an error, an action, tokens used, a cost",
  may: "a participant, in their own name or for an agent of the session that they own; a bot, for its agent",
  scope: "write",
  http: "POST /sessions/:session_id/logs",
  input: z
    .strictObject({
      session_id: id,
      type: LogEntry.shape.type,
      message: content,
      data: LogEntry.shape.data
        .optional()
        .describe(
          "Any object, except for two types. token_usage: { model, input, output, cached_input?, " +
            "cache_write?, reasoning? }, tokens in disjoint buckets. cost: { amount, currency, model?, " +
            "price_version? }, the amount a decimal string. Both also take turn_id? and run_id?",
        ),
      agent_id: id.optional().describe("Whom it is charged to; a bot's own agent unless told"),
      id: id.optional().describe("The idempotency key: the same id and body is stored once"),
    })
    .superRefine(checkData),
  output: LogEntry.extend({ duplicate: z.boolean() }),
});

export const logList = command({
  name: "log.list",
  summary: "The log entries of a session",
  may: "who may follow the session",
  scope: "read",
  http: "GET /sessions/:session_id/logs",
  input: z.strictObject({ session_id: id, ...page }),
  output: listOf(LogEntry),
});
