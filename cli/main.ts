#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { addExport } from "./export.ts";
import { addFollow } from "./follow.ts";
import { addReplay } from "./replay.ts";
import { addSimulate } from "./simulate.ts";
import { addTally } from "./tally.ts";

const stop = new AbortController();
// A second Ctrl-C finds no listener any more, and ends the process where it stands.
process.once("SIGINT", () => stop.abort("interrupted"));
process.once("SIGTERM", () => stop.abort("interrupted"));
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  stop.abort("reader gone");
});

const program = new Command("taskmaster")
  .description("Work with a Taskmaster server from the command line.")
  .showHelpAfterError("(--help says more)")
  .exitOverride();
addReplay(program, stop.signal);
addFollow(program, stop.signal);
addExport(program, stop.signal);
addSimulate(program);
addTally(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** 0 ok, also when whoever read our output had enough; 1 failure; 2 usage. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (stop.signal.reason === "reader gone") return 0;
  const reason = stop.signal.aborted ? "interrupted" : (error as Error).message;
  process.stderr.write(`taskmaster: ${reason}\n`);
  return 1;
}
