import * as z from "zod";
import { command } from "./command.ts";
import { id, line, listOf, nothing, page, paragraph, timestamp, visibility } from "./field.ts";
import { jsonObject } from "./json.ts";

export const Tool = z.strictObject({
  id,
  name: line,
  description: paragraph,
  type: z.enum(["api", "function", "plugin", "custom"]),
  config: jsonObject,
  created_by: id,
  visibility,
  created_at: timestamp,
});
export type Tool = z.infer<typeof Tool>;

/** A tool as an agent really has it: its config after every override, and where it comes from. */
export const EffectiveTool = z.strictObject({
  tool_id: id,
  name: line,
  description: paragraph,
  type: Tool.shape.type,
  config: jsonObject.describe("Told to the agent and its owner; empty for others"),
  sources: z.array(z.enum(["agent", "team", "session"])),
});
export type EffectiveTool = z.infer<typeof EffectiveTool>;

export const toolCreate = command({
  name: "tool.create",
  summary: "Make a tool",
  may: "a person",
  scope: "write",
  http: "POST /tools",
  input: z.strictObject({
    name: Tool.shape.name,
    type: Tool.shape.type,
    description: Tool.shape.description.optional(),
    config: Tool.shape.config.optional(),
    visibility: visibility.optional(),
  }),
  output: Tool,
});

export const toolList = command({
  name: "tool.list",
  summary: "The tools you made or may use",
  may: "anyone",
  scope: "read",
  http: "GET /tools",
  input: z.strictObject(page),
  output: listOf(Tool),
});

export const toolGet = command({
  name: "tool.get",
  summary: "One tool",
  may: "its maker; anyone if it is visible to the instance",
  scope: "read",
  http: "GET /tools/:tool_id",
  input: z.strictObject({ tool_id: id }),
  output: Tool,
});

export const toolUpdate = command({
  name: "tool.update",
  summary: "Change a tool",
  may: "its maker",
  scope: "write",
  http: "PATCH /tools/:tool_id",
  input: z.strictObject({
    tool_id: id,
    name: Tool.shape.name.optional(),
    type: Tool.shape.type.optional(),
    description: Tool.shape.description.optional(),
    config: Tool.shape.config.optional(),
    visibility: visibility.optional(),
  }),
  output: Tool,
});

export const toolDelete = command({
  name: "tool.delete",
  summary: "Delete a tool that no session lists; agents and teams lose it",
  may: "its maker",
  scope: "write",
  http: "DELETE /tools/:tool_id",
  input: z.strictObject({ tool_id: id }),
  output: nothing,
});
