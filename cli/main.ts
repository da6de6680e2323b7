#!/usr/bin/env node
import { outcomeOf, type StopReason } from "./exit_codes.ts";
import { createProgram } from "./program.ts";

const stop = new AbortController();
const stopFor = (reason: StopReason) => stop.abort(reason);
// A second Ctrl-C finds no listener any more, and ends the process where it stands.
process.once("SIGINT", () => stopFor("interrupted"));
process.once("SIGTERM", () => stopFor("interrupted"));
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  stopFor("reader gone");
});

try {
  await createProgram(stop.signal).parseAsync();
} catch (error) {
  const { exit_code, line } = outcomeOf(error, stop.signal.reason);
  if (line !== undefined) process.stderr.write(`taskmaster: ${line}\n`);
  process.exitCode = exit_code;
}
