import * as z from "zod";
import { command } from "./command.ts";
import { id, line, listOf, page, paragraph, timestamp } from "./field.ts";

/** The right, and the duty, of one agent to speak in a run, or to vote in a decision. */
export const Turn = z.strictObject({
  id,
  session_id: id,
  run_id: id.nullable(),
  decision_id: id.nullable(),
  agent_id: id,
  purpose: z.enum(["speak", "ballot"]),
  round: z.int().min(1),
  task: z.string().nullable(),
  status: z.enum(["open", "answered", "passed", "timed_out", "cancelled"]),
  message_id: id.nullable(),
  opened_at: timestamp,
  deadline_at: timestamp.nullable(),
  closed_at: timestamp.nullable(),
});
export type Turn = z.infer<typeof Turn>;

export const turnList = command({
  name: "turn.list",
  summary: "The turns of a session, or only those that wait for somebody",
  may: "who may follow the session",
  scope: "read",
  http: "GET /sessions/:session_id/turns",
  input: z.strictObject({
    session_id: id,
    run_id: id.optional(),
    agent_id: id.optional(),
    status: Turn.shape.status.optional(),
    ...page,
  }),
  output: listOf(Turn),
});

export const meListTurns = command({
  name: "me.list_turns",
  summary: "The open turns that wait for you, in all your sessions",
  may: "a bot, its agent's; a person, of their user_proxy agents and of those they may answer for",
  scope: "read",
  http: "GET /me/turns",
  input: z.strictObject(page),
  output: listOf(Turn.extend({ session_title: line })),
});

export const turnPass = command({
  name: "turn.pass",
  summary: "End an open turn without an answer",
  may: "who may speak as its agent",
  scope: "write",
  http: "POST /sessions/:session_id/turns/:turn_id/pass",
  input: z.strictObject({ session_id: id, turn_id: id }),
  output: Turn,
});

export const turnGrant = command({
  name: "turn.grant",
  summary: "Give an agent the turn, in a team whose strategy is manual",
  may: "a participant who is a person; the bot that is the team's coordinator",
  scope: "write",
  http: "POST /sessions/:session_id/turns",
  input: z.strictObject({ session_id: id, agent_id: id, task: paragraph.optional() }),
  output: Turn,
});
