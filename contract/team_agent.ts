import * as z from "zod";
import { command } from "./command.ts";
import { id, line, listOf, nothing, timestamp } from "./field.ts";

export const TeamAgent = z.strictObject({
  id,
  team_id: id,
  agent_id: id,
  role_in_team: line.describe("leader, member, observer, or a word of your own"),
  position: z.int().min(0).max(1_000_000).describe("Order of turns, lowest first"),
  joined_at: timestamp,
});
export type TeamAgent = z.infer<typeof TeamAgent>;

export const teamAddAgent = command({
  name: "team.add_agent",
  summary: "Put an agent into a team, or change its role or position",
  may: "the team's owner, with an agent they may use",
  scope: "write",
  http: "PUT /teams/:team_id/agents/:agent_id",
  input: z.strictObject({
    team_id: id,
    agent_id: id,
    role_in_team: TeamAgent.shape.role_in_team.optional().describe("`member` unless told"),
    position: TeamAgent.shape.position.optional().describe("Last, unless told"),
  }),
  output: TeamAgent,
});

export const teamRemoveAgent = command({
  name: "team.remove_agent",
  summary: "Take an agent out of a team",
  may: "the team's owner, the agent's",
  scope: "write",
  http: "DELETE /teams/:team_id/agents/:agent_id",
  input: z.strictObject({ team_id: id, agent_id: id }),
  output: nothing,
});

export const teamListAgents = command({
  name: "team.list_agents",
  summary: "The agents of a team, in the order of their turns",
  may: "who may see the team",
  scope: "read",
  http: "GET /teams/:team_id/agents",
  input: z.strictObject({ team_id: id }),
  output: listOf(TeamAgent),
});
