import type { Command } from "commander";
import type { Client } from "../client/index.ts";
import { unlessAborted } from "../client/unless_aborted.ts";
import { addConnectionOptions, withClient } from "./connection.ts";
import { addExamples, placeOf } from "./help.ts";
import { addJsonOption, printLine } from "./output.ts";
import { resolve, waysToCall } from "./resolve.ts";
import { allRows } from "./rows.ts";
import { printRecord, printRows } from "./table.ts";

/** Adds `taskmaster session show SESSION`. */
export function addSessionShow(program: Command, signal: AbortSignal): void {
  const { parent, word } = placeOf(program, "session show");
  const command = parent
    .command(word)
    .summary("one session: its people, its agents, and who has the turn")
    .description(
      "Shows a session, its people and agents, its newest run, and the turns that wait for somebody.",
    )
    .argument("<session>", `the session, ${waysToCall("session")}`);
  addExamples(
    addJsonOption(addConnectionOptions(command)),
    'session show "A story"',
    "session show 7d0c2f1a --json | jq .head_seq",
  ).action((text: string) =>
    withClient(command, signal, async (client) => {
      const session_id = await unlessAborted(resolve(client, "session", text), signal);
      const whole = await unlessAborted(readSession(client, session_id), signal);
      if (command.opts().json) await printLine(JSON.stringify(whole), signal);
      else await print(whole, signal);
    }),
  );
}

async function readSession(client: Client, session_id: string) {
  const session = await client.command("session.get", { session_id });
  const { users, agents } = await client.command("session.get_roster", { session_id });
  const runs = await client.command("run.list", { session_id, limit: 1 });
  const turns = await allRows(client, "turn.list", { session_id, status: "open" });
  return { ...session, users, agents, run: runs.data[0] ?? null, turns };
}

async function print(
  { users, agents, run, turns, ...session }: Awaited<ReturnType<typeof readSession>>,
  signal: AbortSignal,
): Promise<void> {
  await printRecord(session, Object.keys(session), signal);
  const nameOf = (id: string) => agents.find((agent) => agent.id === id)?.name ?? id;
  const tables = [
    { title: "people", rows: users, columns: ["id", "name"] },
    { title: "agents", rows: agents, columns: ["id", "name", "type", "role"] },
    {
      title: "newest run",
      rows: run ? [{ ...run, reason: run.stop?.reason }] : [],
      columns: ["id", "status", "started_at", "stopped_at", "reason"],
    },
    {
      title: "open turns",
      rows: turns.map((turn) => ({ ...turn, agent: nameOf(turn.agent_id) })),
      columns: ["id", "agent", "purpose", "opened_at", "deadline_at"],
    },
  ];
  for (const { title, rows, columns } of tables) {
    if (rows.length === 0) continue;
    await printLine(`\n${title}`, signal);
    await printRows(rows, columns, signal);
  }
}
