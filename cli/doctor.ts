import type { Command } from "commander";
import { unlessAborted } from "../client/unless_aborted.ts";

import { Failure } from "./exit_codes.ts";
import type { Finding } from "./finding.ts";
import { addExamples } from "./help.ts";
import { addJsonOption, printLine } from "./output.ts";
import { type Colors, terminalColors } from "./render.ts";

/** Adds `taskmaster doctor`. */
export function addDoctor(program: Command, signal: AbortSignal): void {
  const command = program
    .command("doctor")
    .summary("check what a server here needs, and say what to do")
    .description(
      "Checks what a server in this environment needs: Node.js, the configuration, the database and " +
        "its migrations, the clock, Redis, the port and the disk. Says for each fault what to do. " +
        "Changes nothing. Exits with 1 when there is a fault.",
    );
  addExamples(
    addJsonOption(command, "print a finding a line as JSON"),
    "doctor",
    "DATABASE_URL=postgres://… REDIS_URL=redis://… taskmaster doctor",
    `doctor --json | jq 'select(.status != "ok")'`,
  );
  command.action(async (options: { json?: true }) => {
    const colors = terminalColors();
    let faults = 0;
    // The only command that needs what a server needs; the others start sooner without it.
    const { runChecks } = await import("./checks.ts");
    const check = async () => {
      for await (const finding of runChecks(process.env)) {
        if (finding.status === "fault") faults += 1;
        const line = options.json ? JSON.stringify(finding) : textOf(finding, colors);
        await printLine(line, signal);
      }
    };
    await unlessAborted(check(), signal);
    if (faults > 0) throw new Failure(1, `${faults} ${faults === 1 ? "fault" : "faults"} found`);
  });
}

function textOf({ name, status, found, advice }: Finding, colors: Colors): string {
  const mark = {
    ok: colors.green("✔"),
    warning: colors.yellow("!"),
    fault: colors.red("✘"),
  }[status];
  const line = `${mark} ${colors.bold(name.padEnd(13))}  ${found}`;
  return advice === undefined ? line : `${line}\n${" ".repeat(17)}→ ${advice}`;
}
