import { Command } from "commander";
import { version } from "../server/package_root.ts";
import { addCompletion } from "./completion.ts";
import { addDoctor } from "./doctor.ts";
import { exitCodes } from "./exit_codes.ts";
import { addExport } from "./export.ts";
import { addFollow } from "./follow.ts";
import { addExamples } from "./help.ts";
import { addLogin } from "./login.ts";
import { addReplay } from "./replay.ts";
import { addServer } from "./server.ts";
import { addSessionShow } from "./session_show.ts";
import { accountCommands, sessionCommands, teamCommands } from "./simple_commands.ts";
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
    .version(version)
    .configureOutput({ outputError: (text, write) => write(asOneLine(text)) })
    .exitOverride();
  program.commandsGroup("Sessions:");
  for (const add of sessionCommands) add(program, signal);
  addSessionShow(program, signal);
  addFollow(program, signal);
  addExport(program, signal);
  addReplay(program, signal);
  program.commandsGroup("Teams:");
  for (const add of teamCommands) add(program, signal);
  addTeam(program, signal);
  addSimulate(program, signal);
  addTally(program, signal);
  program.commandsGroup("Access:");
  addLogin(program, signal);
  for (const add of accountCommands) add(program, signal);
  program.commandsGroup("The server here, and this program:");
  addServer(program);
  addDoctor(program, signal);
  addCompletion(program);
  addExamples(
    program,
    "login 'http://127.0.0.1:3000/#token=tm_…'  # the link that the server printed",
    'session create "A story" --team Writers  # without a team, nobody is given turns',
    'prompt "A story" "Write it together"',
    'follow "A story"',
  );
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
