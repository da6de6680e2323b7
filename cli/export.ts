import type { Command } from "commander";
import type { Client } from "../client/index.ts";
import { unlessAborted } from "../client/unless_aborted.ts";
import type { Entry } from "../contract/entry.ts";
import { addConnectionOptions, withClient } from "./connection.ts";
import type { ExportHeader } from "./export_file.ts";
import { addExamples } from "./help.ts";
import { Names } from "./names.ts";
import { printLine } from "./output.ts";
import { ProgressBar } from "./progress_bar.ts";
import { agentOf } from "./recording.ts";
import { resolve, waysToCall } from "./resolve.ts";

/** Adds `taskmaster export SESSION`. */
export function addExport(program: Command, signal: AbortSignal): void {
  const command = program
    .command("export")
    .summary("write a session as JSON Lines")
    .description(
      "Writes a session to stdout as JSON Lines: a header with the session and its agents, then one " +
        "entry a line as in the stream, up to the newest there is. `taskmaster replay` reads it back.",
    )
    .argument("<session>", `the session, ${waysToCall("session")}`);
  addExamples(
    addConnectionOptions(command),
    'export "A story" > story.jsonl',
    `export 7d0c2f1a | jq -r 'select(.kind == "message").content'`,
  );
  command.action((session: string) =>
    withClient(command, signal, async (client) => {
      const session_id = await unlessAborted(resolve(client, "session", session), signal);
      const bar = new ProgressBar("reading");
      const work = exportSession(client, session_id, (done, total) => bar.show(done, total));
      const { header, entries } = await unlessAborted(work, signal).finally(() => bar.stop());
      for (const line of [header, ...entries]) await printLine(JSON.stringify(line), signal);
    }),
  );
}

/**
 * Reads a whole session, up to the entry that is its newest when it is reached.
 * @param onProgress called after every page with how many entries are read, of how many
 * @returns the export's first line, and its entries, seq 1 … n
 * @throws CommandError not_found
 */
export async function exportSession(
  client: Client,
  session_id: string,
  onProgress?: (done: number, total: number) => void,
): Promise<{ header: ExportHeader; entries: Entry[] }> {
  const session = await client.command("session.get", { session_id });
  const entries: Entry[] = [];
  for (let more = true; more; ) {
    const after = entries.at(-1)?.seq ?? 0;
    const page = await client.command("stream.read", { session_id, after, limit: 1000 });
    entries.push(...page.entries);
    onProgress?.(entries.length, page.head_seq);
    more = page.has_more;
  }
  const speakers = entries.map(agentOf).filter((id) => id !== null);
  const names = new Names(client);
  const agents = [];
  for (const id of new Set([...(session.agent_ids ?? []), ...speakers])) {
    agents.push(await names.agent(id, session_id));
  }
  const exported_at = new Date().toISOString();
  return { header: { taskmaster_export: 1, session, agents, exported_at }, entries };
}
