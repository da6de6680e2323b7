import * as z from "zod";
import { command } from "./command.ts";
import { id, line, listOf, nothing, page, paragraph, timestamp, visibility } from "./field.ts";
import { jsonObject } from "./json.ts";

export const Agent = z.strictObject({
  id,
  name: line,
  type: z.enum(["user_proxy", "assistant", "custom"]),
  role: paragraph,
  config: jsonObject,
  owner_id: id,
  visibility,
  created_at: timestamp,
  updated_at: timestamp,
});
export type Agent = z.infer<typeof Agent>;

export const agentCreate = command({
  name: "agent.create",
  summary: "Make an agent",
  may: "a person",
  scope: "write",
  http: "POST /agents",
  input: z.strictObject({
    name: Agent.shape.name,
    type: Agent.shape.type,
    role: Agent.shape.role.optional(),
    config: Agent.shape.config.optional(),
    visibility: visibility.optional(),
  }),
  output: Agent,
});

export const agentList = command({
  name: "agent.list",
  summary: "The agents you own or may use",
  may: "anyone",
  scope: "read",
  http: "GET /agents",
  input: z.strictObject(page),
  output: listOf(Agent),
});

export const agentGet = command({
  name: "agent.get",
  summary: "One agent",
  may: "its owner; anyone if it is visible to the instance",
  scope: "read",
  http: "GET /agents/:agent_id",
  input: z.strictObject({ agent_id: id }),
  output: Agent,
});

export const agentUpdate = command({
  name: "agent.update",
  summary: "Change an agent",
  may: "its owner",
  scope: "write",
  http: "PATCH /agents/:agent_id",
  input: z.strictObject({
    agent_id: id,
    name: Agent.shape.name.optional(),
    type: Agent.shape.type.optional(),
    role: Agent.shape.role.optional(),
    config: Agent.shape.config.optional(),
    visibility: visibility.optional(),
  }),
  output: Agent,
});

export const agentDelete = command({
  name: "agent.delete",
  summary: "Delete an agent that no session and no entry refers to",
  may: "its owner",
  scope: "write",
  http: "DELETE /agents/:agent_id",
  input: z.strictObject({ agent_id: id }),
  output: nothing,
});
