import * as z from "zod";
import { command } from "./command.ts";
import { id, line, listOf, page, timestamp } from "./field.ts";
import { json, jsonObject } from "./json.ts";

/** A question put to the members of a team, settled by one of its consensus mechanisms. */
export const Decision = z.strictObject({
  id,
  session_id: id,
  run_id: id.nullable(),
  mechanism_id: id.nullable(),
  mechanism: jsonObject.describe("{ type, config } as they were when the decision was opened"),
  question: z.string(),
  options: z.array(line),
  voters: z.array(id).describe("Agents, a person by their user_proxy agent"),
  status: z.enum(["open", "closed"]),
  outcome: jsonObject
    .nullable()
    .describe(
      "{ rule, options, ballots, tally, rounds, tie_break, winner | no_decision, why }: enough to recompute it",
    ),
  opened_at: timestamp,
  deadline_at: timestamp.nullable(),
  closed_at: timestamp.nullable(),
});
export type Decision = z.infer<typeof Decision>;

/** What one voter said in a decision. */
export const Ballot = z.strictObject({
  id,
  decision_id: id,
  agent_id: id,
  choice: json
    .refine((choice) => choice !== null, "must not be null")
    .describe(
      "As the rule asks: an option, a list of options, option → score, a ranking, a bid … or `abstain`",
    ),
  cast_at: timestamp,
});
export type Ballot = z.infer<typeof Ballot>;

const MAX_OPTIONS = 50;

/** What a decision is about; also the arguments of a tool call named `decision.open`. */
export const Question = z.strictObject({
  question: z.string().min(1).max(10_000),
  options: z.array(line).max(MAX_OPTIONS),
  mechanism_id: id.optional().describe("The team's first mechanism unless told"),
  deadline_ms: z.int().min(1).max(31_536_000_000).optional(),
});

export const decisionOpen = command({
  name: "decision.open",
  summary: "Put a question to the team",
  may: "a participant",
  scope: "write",
  http: "POST /sessions/:session_id/decisions",
  input: z.strictObject({ session_id: id, ...Question.shape }),
  output: Decision,
});

export const decisionList = command({
  name: "decision.list",
  summary: "The decisions of a session",
  may: "who may follow the session",
  scope: "read",
  http: "GET /sessions/:session_id/decisions",
  input: z.strictObject({ session_id: id, status: Decision.shape.status.optional(), ...page }),
  output: listOf(Decision),
});

const one = { session_id: id, decision_id: id };

export const decisionGet = command({
  name: "decision.get",
  summary: "One decision",
  may: "who may follow the session",
  scope: "read",
  http: "GET /sessions/:session_id/decisions/:decision_id",
  input: z.strictObject(one),
  output: Decision,
});

export const decisionClose = command({
  name: "decision.close",
  summary: "Close a decision now, with the ballots that were cast",
  may: "the session's owner",
  scope: "write",
  http: "POST /sessions/:session_id/decisions/:decision_id/close",
  input: z.strictObject(one),
  output: Decision,
});

export const ballotCast = command({
  name: "ballot.cast",
  summary: "Vote in an open decision, once",
  may: "who may speak as the voter",
  scope: "write",
  http: "POST /sessions/:session_id/decisions/:decision_id/ballots",
  input: z.strictObject({
    ...one,
    choice: Ballot.shape.choice,
    agent_id: id
      .optional()
      .describe("Whose vote; a bot's own agent, a person's user_proxy unless told"),
  }),
  output: Ballot,
});
