import type { Command } from "commander";
import * as z from "zod";
import { ConsensusMechanism } from "../contract/consensus_mechanism.ts";
import { jsonObject } from "../contract/json.ts";
import { Team } from "../contract/team.ts";
import { checkTeam } from "../contract/team_config.ts";
import type { TeamRow } from "../server/orchestration/plan.ts";
import { type SimulatedRun, simulate } from "../server/orchestration/simulate.ts";
import { readJsonFile } from "./json_file.ts";

const count = z.int().min(0);

const Member = z.looseObject({
  name: z.string().min(1),
  type: z.enum(["user_proxy", "assistant", "custom"]).default("assistant"),
  role_in_team: z.string().default("member"),
});

/** A team as team.get answers it, with its members. */
const TeamFile = z.looseObject({
  type: Team.shape.type,
  config: jsonObject.default({}),
  termination_condition_type: Team.shape.termination_condition_type.default(null),
  termination_condition_config: Team.shape.termination_condition_config.default(null),
  members: z
    .array(z.preprocess((one) => (typeof one === "string" ? { name: one } : one), Member))
    .describe("Names, or { name, type?, role_in_team? }, in the order of their positions"),
  mechanism: ConsensusMechanism.pick({ type: true, config: true }).nullish(),
});

const Reply = z.union([
  z.string(),
  z.strictObject({
    content: z.string().optional(),
    tool_call: jsonObject.optional(),
    handoff: z.string().optional(),
    usage: z.strictObject({ input: count, output: count }).optional(),
    delay_ms: count.optional(),
  }),
]);
const ScriptFile = z.record(z.string(), z.array(Reply));

interface Options {
  readonly task: readonly string[];
  readonly script?: string;
  readonly json?: true;
}

/** Adds `taskmaster simulate TEAM.json`. */
export function addSimulate(program: Command): void {
  program
    .command("simulate")
    .summary("let a team play a script, without a server")
    .description(
      "Lets a team play a script through the functions that the server gives turns by, and says who " +
        "spoke and why it stopped. Who has nothing left to say says NAME#k in its k-th turn.",
    )
    .argument("<team>", "a file with the team: { type, config, termination_condition_…, members }")
    .requiredOption(
      "--task <text>",
      "the prompt; given several times, a run each",
      (text: string, others: readonly string[] = []) => [...others, text],
    )
    .option(
      "--script <file>",
      "agent name → its replies, each a text or { content, tool_call?, … }",
    )
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      '\nExample:\n  $ taskmaster simulate team.json --task "Plan a trip" --script replies.json --json',
    )
    .action((file: string, options: Options) => {
      const team = teamIn(file);
      const script = options.script ? readJsonFile(options.script, ScriptFile) : {};
      const runs = simulate(team, options.task, script);
      const print = options.json ? printJson : printText;
      for (const run of runs) print(run);
    });
}

function teamIn(file: string): TeamRow {
  const { members, mechanism, ...team } = readJsonFile(file, TeamFile);
  const [issue] = checkTeam(team);
  if (issue) throw new Error(`${file} is no team that works: ${issue.path}: ${issue.message}`);
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

const printJson = (run: SimulatedRun) => process.stdout.write(`${JSON.stringify(run)}\n`);

function printText({ messages, stop }: SimulatedRun): void {
  for (const { source, content, tool_call } of messages) {
    const call = tool_call ? ` ${JSON.stringify(tool_call)}` : "";
    process.stdout.write(`${source}: ${content}${call}\n`);
  }
  process.stdout.write(`stopped (${stop.code}): ${stop.reason}\n`);
}
