import * as z from "zod";
import { Agent } from "../contract/agent.ts";
import { ConsensusMechanism } from "../contract/consensus_mechanism.ts";
import { id } from "../contract/field.ts";
import { jsonObject } from "../contract/json.ts";
import { Team } from "../contract/team.ts";
import { TeamAgent } from "../contract/team_agent.ts";
import { checkTeam } from "../contract/team_config.ts";
import type { TeamRow } from "../server/orchestration/plan.ts";
import { readJsonFile } from "./json_file.ts";

const Member = z.strictObject({
  name: Agent.shape.name,
  type: Agent.shape.type.default("assistant"),
  role: Agent.shape.role.default(""),
  role_in_team: TeamAgent.shape.role_in_team.default("member"),
  agent_id: id.optional(),
});

/** A team with its members and its ways to decide, as `team show --json` prints it. */
const TeamFile = z.strictObject({
  ...Team.partial().shape,
  type: Team.shape.type,
  config: jsonObject.default({}),
  termination_condition_type: Team.shape.termination_condition_type.default(null),
  termination_condition_config: Team.shape.termination_condition_config.default(null),
  members: z
    .array(z.preprocess((one) => (typeof one === "string" ? { name: one } : one), Member))
    .describe("Names, or { name, type?, role?, role_in_team? }, in the order of their positions"),
  mechanisms: z
    .array(z.object({ type: ConsensusMechanism.shape.type, config: jsonObject.default({}) }))
    .default([]),
});
export type TeamFile = z.output<typeof TeamFile>;

/** For help texts. */
export const teamFileHelp =
  'a JSON file with the team: { name, type, config, termination_condition_…, members: ["Ada", …] }';

/**
 * Reads a team from a file.
 * @throws Error that names the file and the place in it
 */
export function readTeamFile(file: string): TeamFile {
  const team = readJsonFile(file, TeamFile);
  const [issue] = checkTeam(team);
  if (issue) throw new Error(`${file} is no team that works: ${issue.path}: ${issue.message}`);
  return team;
}

/** A team of a file as orchestration takes it: its members' names stand for their ids. */
export function rowOf({ members, mechanisms, ...team }: TeamFile): TeamRow {
  const [mechanism] = mechanisms;
  return {
    ...team,
    members: members.map(({ name, type, role_in_team }) => ({
      agent_id: name,
      name,
      type,
      role_in_team,
    })),
    mechanism: mechanism ? { id: "simulated", ...mechanism } : null,
  };
}
