import { Command } from "commander";
import { addCompletion } from "./completion.ts";
import { addDoctor } from "./doctor.ts";
import { exitCodes } from "./exit_codes.ts";
import { addExport } from "./export.ts";
import { addFollow } from "./follow.ts";
import { addLogin } from "./login.ts";
import { addReplay } from "./replay.ts";
import { addServer } from "./server.ts";
import { addSessionShow } from "./session_show.ts";
import { simpleCommands } from "./simple_commands.ts";
import { addSimulate } from "./simulate.ts";
import { addTally } from "./tally.ts";
import { addTeam } from "./team.ts";

/**
 * The whole command line. Parsing throws instead of ending the process.
 * @param signal aborted by Ctrl-C and when nobody reads stdout any more, with a StopReason
 */
export function createProgram(signal: AbortSignal): Command {
  const program = new Command("taskmaster")
    .description("Work with a Taskmaster server from the command line.")
    .configureOutput({ outputError: (text, write) => write(asOneLine(text)) })
    .exitOverride();
  addServer(program);
  addDoctor(program, signal);
  addLogin(program, signal);
  for (const add of simpleCommands) add(program, signal);
  addSessionShow(program, signal);
  addTeam(program, signal);
  addFollow(program, signal);
  addReplay(program, signal);
  addExport(program, signal);
  addSimulate(program, signal);
  addTally(program, signal);
  addCompletion(program);
  const codes = Object.entries(exitCodes).map(
    ([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`,
  );
  return program.addHelpText("after", `\nExit codes:\n${codes.join("\n")}`);
}

/** As all our errors are said. */
function asOneLine(text: string): string {
  const line = text
    .replace(/^error: /, "")
    .trim()
    .replaceAll("\n", " ");
  return `taskmaster: ${line} (--help says more)\n`;
}
