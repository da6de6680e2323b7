import * as z from "zod";
import { command } from "./command.ts";
import { id, listOf, nothing, timestamp } from "./field.ts";
import { jsonObject } from "./json.ts";

export const TeamTool = z.strictObject({
  id,
  team_id: id,
  tool_id: id,
  enabled: z.boolean(),
  config_override: jsonObject
    .nullable()
    .describe("Merged onto the tool's config by RFC 7396; null for who may not change the team"),
  attached_at: timestamp,
});
export type TeamTool = z.infer<typeof TeamTool>;

export const teamAttachTool = command({
  name: "team.attach_tool",
  summary: "Give every agent of a team a tool, or change how they have it",
  may: "the team's owner, with a tool they may use",
  scope: "write",
  http: "PUT /teams/:team_id/tools/:tool_id",
  input: z.strictObject({
    team_id: id,
    tool_id: id,
    enabled: z.boolean().optional(),
    config_override: TeamTool.shape.config_override.optional(),
  }),
  output: TeamTool,
});

export const teamDetachTool = command({
  name: "team.detach_tool",
  summary: "Take a tool from a team",
  may: "the team's owner",
  scope: "write",
  http: "DELETE /teams/:team_id/tools/:tool_id",
  input: z.strictObject({ team_id: id, tool_id: id }),
  output: nothing,
});

export const teamListTools = command({
  name: "team.list_tools",
  summary: "The tools attached to a team",
  may: "who may see the team",
  scope: "read",
  http: "GET /teams/:team_id/tools",
  input: z.strictObject({ team_id: id }),
  output: listOf(TeamTool),
});
