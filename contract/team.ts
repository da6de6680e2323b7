import * as z from "zod";
import { command } from "./command.ts";
import { id, line, listOf, nothing, page, paragraph, timestamp, visibility } from "./field.ts";
import { jsonObject } from "./json.ts";

export const Team = z.strictObject({
  id,
  name: line,
  description: paragraph,
  owner_id: id,
  type: z.enum(["round_robin", "hierarchical", "broadcast", "custom"]),
  termination_condition_type: z.enum(["text_mention", "max_turns", "timeout", "custom"]).nullable(),
  termination_condition_config: jsonObject.nullable(),
  config: jsonObject,
  visibility,
  created_at: timestamp,
  updated_at: timestamp,
});
export type Team = z.infer<typeof Team>;

const optional = {
  description: Team.shape.description.optional(),
  termination_condition_type: Team.shape.termination_condition_type.optional(),
  termination_condition_config: Team.shape.termination_condition_config.optional(),
  config: Team.shape.config.optional(),
  visibility: visibility.optional(),
};

export const teamCreate = command({
  name: "team.create",
  summary: "Make a team",
  may: "a person",
  scope: "write",
  http: "POST /teams",
  input: z.strictObject({ name: Team.shape.name, type: Team.shape.type, ...optional }),
  output: Team,
});

export const teamList = command({
  name: "team.list",
  summary: "The teams you own or may use",
  may: "anyone",
  scope: "read",
  http: "GET /teams",
  input: z.strictObject(page),
  output: listOf(Team),
});

export const teamGet = command({
  name: "team.get",
  summary: "One team",
  may: "its owner; anyone if it is visible to the instance",
  scope: "read",
  http: "GET /teams/:team_id",
  input: z.strictObject({ team_id: id }),
  output: Team,
});

export const teamUpdate = command({
  name: "team.update",
  summary: "Change a team",
  may: "its owner",
  scope: "write",
  http: "PATCH /teams/:team_id",
  input: z.strictObject({
    team_id: id,
    name: Team.shape.name.optional(),
    type: Team.shape.type.optional(),
    ...optional,
  }),
  output: Team,
});

export const teamDelete = command({
  name: "team.delete",
  summary: "Delete a team that no session refers to",
  may: "its owner",
  scope: "write",
  http: "DELETE /teams/:team_id",
  input: z.strictObject({ team_id: id }),
  output: nothing,
});
