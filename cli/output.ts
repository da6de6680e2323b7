import { once } from "node:events";

/**
 * Writes one line to stdout, waiting while the reader is slow.
 * @param signal aborted when the reader is gone
 * @throws the signal's reason
 */
export async function printLine(line: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain", { signal });
}
