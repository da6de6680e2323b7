import * as z from "zod";
import { command } from "./command.ts";
import { id, listOf, nothing, page, timestamp } from "./field.ts";
import { jsonObject } from "./json.ts";

export const ConsensusMechanism = z.strictObject({
  id,
  type: z.enum(["autocratic", "democratic", "game_theory", "custom"]),
  config: jsonObject,
  team_id: id,
  created_by: id,
  created_at: timestamp,
});
export type ConsensusMechanism = z.infer<typeof ConsensusMechanism>;

export const mechanismCreate = command({
  name: "mechanism.create",
  summary: "Give a team a way to decide",
  may: "the team's owner",
  scope: "write",
  http: "POST /teams/:team_id/mechanisms",
  input: z.strictObject({
    team_id: id,
    type: ConsensusMechanism.shape.type,
    config: ConsensusMechanism.shape.config.optional(),
  }),
  output: ConsensusMechanism,
});

export const mechanismList = command({
  name: "mechanism.list",
  summary: "The ways a team can decide",
  may: "who may see the team",
  scope: "read",
  http: "GET /teams/:team_id/mechanisms",
  input: z.strictObject({ team_id: id, ...page }),
  output: listOf(ConsensusMechanism),
});

export const mechanismGet = command({
  name: "mechanism.get",
  summary: "One consensus mechanism",
  may: "who may see its team",
  scope: "read",
  http: "GET /mechanisms/:mechanism_id",
  input: z.strictObject({ mechanism_id: id }),
  output: ConsensusMechanism,
});

export const mechanismUpdate = command({
  name: "mechanism.update",
  summary: "Change a consensus mechanism",
  may: "the team's owner",
  scope: "write",
  http: "PATCH /mechanisms/:mechanism_id",
  input: z.strictObject({
    mechanism_id: id,
    type: ConsensusMechanism.shape.type.optional(),
    config: ConsensusMechanism.shape.config.optional(),
  }),
  output: ConsensusMechanism,
});

export const mechanismDelete = command({
  name: "mechanism.delete",
  summary: "Delete a consensus mechanism",
  may: "the team's owner",
  scope: "write",
  http: "DELETE /mechanisms/:mechanism_id",
  input: z.strictObject({ mechanism_id: id }),
  output: nothing,
});
