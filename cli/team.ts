import type { Command } from "commander";
import type { Client } from "../client/index.ts";
import { unlessAborted } from "../client/unless_aborted.ts";
import type { Agent } from "../contract/agent.ts";
import type { ConsensusMechanism } from "../contract/consensus_mechanism.ts";
import { CommandError } from "../contract/errors.ts";
import type { Team } from "../contract/team.ts";
import { addConnectionOptions, withClient } from "./connection.ts";
import { Failure } from "./exit_codes.ts";
import { addExamples, placeOf } from "./help.ts";
import { Names } from "./names.ts";
import { addJsonOption, printLine } from "./output.ts";
import type { RecordedAgent } from "./recording.ts";
import { resolve, waysToCall } from "./resolve.ts";
import { allRows, everyRow } from "./rows.ts";
import { printRecord, printRows } from "./table.ts";
import { readTeamFile, type TeamFile, teamFileHelp } from "./team_file.ts";
import { orUndo } from "./undo.ts";

/** Adds `taskmaster team show TEAM` and `team create FILE`. */
export function addTeam(program: Command, signal: AbortSignal): void {
  const { parent } = placeOf(program, "team show");
  const show = parent
    .command("show")
    .summary("one team, its members and its ways to decide")
    .description(
      "Shows a team, its members in the order of their turns, and its ways to decide. With --json it " +
        "prints a file that `team create` and `simulate` take.",
    )
    .argument("<team>", `the team, ${waysToCall("team")}`);
  addExamples(
    addJsonOption(addConnectionOptions(show)),
    "team show Writers",
    "team show Writers --json > writers.json",
  ).action((text: string) =>
    withClient(show, signal, async (client) => {
      const team_id = await unlessAborted(resolve(client, "team", text), signal);
      await print(show, await unlessAborted(readTeam(client, team_id), signal), signal);
    }),
  );

  const create = parent
    .command("create")
    .summary("make a team from a file")
    .description(
      "Makes a team with its members and its ways to decide. A member is the agent of its agent_id if " +
        "you may use that one, else your own agent of that name and type, else a new one. When " +
        "something fails, nothing new is left.",
    )
    .argument("<file>", teamFileHelp)
    .option("--name <name>", "its name; the file's unless told");
  addExamples(
    addJsonOption(addConnectionOptions(create)),
    "team create writers.json",
    "team create writers.json --name Poets",
  ).action((file: string, options: { name?: string }) => {
    const team = readTeamFile(file);
    const name = options.name ?? team.name;
    if (name === undefined) throw new Failure(2, `${file} has no name: give it one with --name`);
    return withClient(create, signal, async (client) => {
      const team_id = await createTeam(client, { ...team, name }, signal);
      await print(create, await readTeam(client, team_id), signal);
    });
  });
}

interface WholeTeam extends Team {
  readonly members: (Omit<RecordedAgent, "id"> & { agent_id: string; role_in_team: string })[];
  readonly mechanisms: Pick<ConsensusMechanism, "type" | "config">[];
}

async function readTeam(client: Client, team_id: string): Promise<WholeTeam> {
  const team = await client.command("team.get", { team_id });
  const seats = await client.command("team.list_agents", { team_id });
  const mechanisms = await allRows(client, "mechanism.list", { team_id });
  const names = new Names(client);
  const members: WholeTeam["members"] = [];
  for (const { agent_id, role_in_team } of seats.data) {
    const { name, type, role } = await names.agent(agent_id);
    members.push({ agent_id, name, type, role, role_in_team });
  }
  return {
    ...team,
    members,
    // The first that a team was given is the one it decides by unless told.
    mechanisms: mechanisms.reverse().map(({ type, config }) => ({ type, config })),
  };
}

async function print(command: Command, whole: WholeTeam, signal: AbortSignal): Promise<void> {
  if (command.opts().json) return printLine(JSON.stringify(whole), signal);
  const { members, mechanisms, ...team } = whole;
  await printRecord(team, Object.keys(team), signal);
  const tables = [
    [members, ["agent_id", "name", "type", "role_in_team", "role"]],
    [mechanisms, ["type", "config"]],
  ] as const;
  for (const [rows, columns] of tables) {
    if (rows.length === 0) continue;
    await printLine("", signal);
    await printRows(rows, columns, signal);
  }
}

async function createTeam(
  client: Client,
  file: TeamFile & { name: string },
  signal: AbortSignal,
): Promise<string> {
  const made: string[] = [];
  let team_id: string | undefined;
  const work = async () => {
    const agent_ids: string[] = [];
    const own = await ownAgents(client);
    for (const member of file.members) {
      signal.throwIfAborted();
      const known = await knownAgent(client, own, member);
      if (known === null) {
        const { name, type, role } = member;
        const agent = await client.command("agent.create", { name, type, role });
        made.push(agent.id);
        own.push(agent);
        agent_ids.push(agent.id);
      } else agent_ids.push(known);
    }
    const twice = agent_ids.findIndex((id, index) => agent_ids.indexOf(id) !== index);
    if (twice >= 0) throw new Failure(2, `the file has ${file.members[twice]!.name} twice`);
    const { id } = await client.command("team.create", teamInput(file));
    team_id = id;
    for (const [position, { role_in_team }] of file.members.entries()) {
      signal.throwIfAborted();
      const agent_id = agent_ids[position]!;
      await client.command("team.add_agent", { team_id, agent_id, role_in_team, position });
    }
    for (const mechanism of file.mechanisms) {
      await client.command("mechanism.create", { team_id, ...mechanism });
    }
    return id;
  };
  return orUndo(work(), async () => {
    if (team_id !== undefined) await client.command("team.delete", { team_id });
    for (const agent_id of made) await client.command("agent.delete", { agent_id });
  });
}

function teamInput(file: TeamFile & { name: string }) {
  const { name, description, type, config, visibility } = file;
  const { termination_condition_type, termination_condition_config } = file;
  return {
    name,
    type,
    config,
    termination_condition_type,
    termination_condition_config,
    ...(description !== undefined && { description }),
    ...(visibility !== undefined && { visibility }),
  };
}

async function ownAgents(client: Client): Promise<Agent[]> {
  const me = await client.command("me.get", {});
  const own: Agent[] = [];
  for await (const agent of everyRow(client, "agent.list", {})) {
    if (agent.owner_id === me.id) own.push(agent);
  }
  return own;
}

/** The agent that a member is already, or null when it must be made. */
async function knownAgent(
  client: Client,
  own: readonly Agent[],
  { agent_id, name, type }: TeamFile["members"][number],
): Promise<string | null> {
  if (agent_id !== undefined) {
    try {
      return (await client.command("agent.get", { agent_id })).id;
    } catch (error) {
      // The file may come from another server.
      if (!(error instanceof CommandError) || error.code !== "not_found") throw error;
    }
  }
  const named = own.filter((agent) => agent.name === name && agent.type === type);
  const [first, second] = named;
  if (second !== undefined) {
    const ids = named.map(({ id }) => id).join(", ");
    throw new Failure(
      2,
      `you have several agents ${name}: say which by agent_id in the file: ${ids}`,
    );
  }
  return first?.id ?? null;
}
