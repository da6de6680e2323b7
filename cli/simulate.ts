import type { Command } from "commander";
import * as z from "zod";
import { jsonObject } from "../contract/json.ts";
import type { SimulatedRun } from "../server/orchestration/simulate.ts";
import { Failure } from "./exit_codes.ts";
import { addExamples } from "./help.ts";
import { readJsonFile } from "./json_file.ts";
import { addJsonOption, printLine } from "./output.ts";
import { terminalColors } from "./render.ts";
import { readTeamFile, rowOf, teamFileHelp } from "./team_file.ts";

const count = z.int().min(0);

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
export function addSimulate(program: Command, signal: AbortSignal): void {
  const command = program
    .command("simulate")
    .summary("let a team play a script, without a server")
    .description(
      "Lets a team play a script through the functions that the server gives turns by, and says who " +
        "spoke and why it stopped. Who has nothing left to say says NAME#k in its k-th turn.",
    )
    .argument("<file>", teamFileHelp)
    .requiredOption(
      "--task <text>",
      "the prompt; given several times, a run each",
      (text: string, others: readonly string[] = []) => [...others, text],
    )
    .option(
      "--script <file>",
      "agent name → its replies, each a text or { content, tool_call?, … }",
    );
  addExamples(
    addJsonOption(command, "print a run a line as JSON"),
    'simulate team.json --task "Plan a trip"',
    'simulate team.json --task "Plan a trip" --script replies.json --json',
  );
  command.action(async (file: string, options: Options) => {
    const script = options.script ? readJsonFile(options.script, ScriptFile) : {};
    const { simulate } = await import("../server/orchestration/simulate.ts");
    let failed: SimulatedRun["stop"] | undefined;
    for (const run of simulate(rowOf(readTeamFile(file)), options.task, script)) {
      await printLine(options.json ? JSON.stringify(run) : textOf(run), signal);
      if (["failed", "endless"].includes(run.stop.code)) failed ??= run.stop;
    }
    if (failed) throw new Failure(1, `the team does not come to its end: ${failed.reason}`);
  });
}

function textOf({ messages, stop }: SimulatedRun): string {
  const colors = terminalColors();
  const lines = messages.map(({ source, content, tool_call }) => {
    const call = tool_call ? ` ${JSON.stringify(tool_call)}` : "";
    return `${colors.bold(source)}: ${content}${call}`;
  });
  return [...lines, `${colors.dim(`stopped (${stop.code}):`)} ${stop.reason}`].join("\n");
}
