import { once } from "node:events";
import type { Command } from "commander";

/** Gives a command the option --json, for machines. */
export function addJsonOption(command: Command, description = "print JSON"): Command {
  return command.option("--json", description);
}

/**
 * Writes one line to stdout, waiting while the reader is slow.
 * @param signal aborted when the reader is gone
 * @throws the signal's reason
 */
export async function printLine(line: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain", { signal });
}
