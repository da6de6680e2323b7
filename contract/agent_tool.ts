import * as z from "zod";
import { command } from "./command.ts";
import { id, listOf, nothing, timestamp } from "./field.ts";
import { jsonObject } from "./json.ts";
import { EffectiveTool } from "./tool.ts";

export const AgentTool = z.strictObject({
  id,
  agent_id: id,
  tool_id: id,
  enabled: z.boolean(),
  config_override: jsonObject.nullable().describe("Merged onto the tool's config by RFC 7396"),
  attached_at: timestamp,
});
export type AgentTool = z.infer<typeof AgentTool>;

export const agentAttachTool = command({
  name: "agent.attach_tool",
  summary: "Give an agent a tool, or change how it has it",
  may: "the agent's owner, with a tool they may use",
  scope: "write",
  http: "PUT /agents/:agent_id/tools/:tool_id",
  input: z.strictObject({
    agent_id: id,
    tool_id: id,
    enabled: z.boolean().optional(),
    config_override: AgentTool.shape.config_override.optional(),
  }),
  output: AgentTool,
});

export const agentDetachTool = command({
  name: "agent.detach_tool",
  summary: "Take a tool from an agent",
  may: "the agent's owner",
  scope: "write",
  http: "DELETE /agents/:agent_id/tools/:tool_id",
  input: z.strictObject({ agent_id: id, tool_id: id }),
  output: nothing,
});

export const agentListTools = command({
  name: "agent.list_tools",
  summary: "The tools an agent really has, alone or as a member of a team",
  may: "who may see the agent and the team",
  scope: "read",
  http: "GET /agents/:agent_id/tools",
  input: z.strictObject({ agent_id: id, team_id: id.optional() }),
  output: listOf(EffectiveTool),
});
