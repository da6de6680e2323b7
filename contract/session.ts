import * as z from "zod";
import { command } from "./command.ts";
import { id, line, listOf, page, seq, timestamp } from "./field.ts";
import { EffectiveTool } from "./tool.ts";

export const Session = z.strictObject({
  id,
  title: line,
  team_id: id.nullable(),
  agent_ids: z.array(id).max(1000).nullable(),
  tool_ids: z.array(id).max(1000).nullable(),
  status: z.enum(["active", "completed", "archived"]),
  created_by: id,
  head_seq: seq.describe("The number of its newest entry; 0 while it has none"),
  created_at: timestamp,
  updated_at: timestamp,
});
export type Session = z.infer<typeof Session>;

/** What an actor may do in a session: everything, post, or read. */
export type SessionRole = "owner" | "participant" | "observer";

export const sessionCreate = command({
  name: "session.create",
  summary: "Open a session, for a team or for agents picked one by one",
  may: "a person, with a team, agents and tools they may use",
  scope: "write",
  http: "POST /sessions",
  input: z.strictObject({
    title: Session.shape.title,
    team_id: Session.shape.team_id.optional(),
    agent_ids: Session.shape.agent_ids.optional(),
    tool_ids: Session.shape.tool_ids.optional(),
  }),
  output: Session,
});

export const sessionList = command({
  name: "session.list",
  summary: "The sessions you may follow",
  may: "anyone",
  scope: "read",
  http: "GET /sessions",
  input: z.strictObject({
    search: line.optional().describe("Text in the title, in small or capital letters"),
    status: Session.shape.status.optional(),
    ...page,
  }),
  output: listOf(Session),
});

export const sessionGet = command({
  name: "session.get",
  summary: "One session",
  may: "who may follow the session",
  scope: "read",
  http: "GET /sessions/:session_id",
  input: z.strictObject({ session_id: id }),
  output: Session,
});

export const sessionUpdate = command({
  name: "session.update",
  summary: "Change a session's title, agents, tools or status",
  may: "the session's owner",
  scope: "write",
  http: "PATCH /sessions/:session_id",
  input: z.strictObject({
    session_id: id,
    title: Session.shape.title.optional(),
    agent_ids: Session.shape.agent_ids.optional(),
    tool_ids: Session.shape.tool_ids.optional(),
    status: Session.shape.status.optional(),
  }),
  output: Session,
});

export const sessionListTools = command({
  name: "session.list_tools",
  summary: "The tools each agent of a session really has in it",
  may: "who may follow the session",
  scope: "read",
  http: "GET /sessions/:session_id/tools",
  input: z.strictObject({ session_id: id, ...page }),
  output: listOf(z.strictObject({ agent_id: id, tools: z.array(EffectiveTool) })),
});
