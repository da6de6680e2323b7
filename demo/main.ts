import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Names } from "../cli/names.ts";
import { renderEntry, terminalColors, terminalWidth } from "../cli/render.ts";
import { Client } from "../client/index.ts";
import { unlessAborted } from "../client/unless_aborted.ts";
import { bots, conversation, type Line } from "./conversation.ts";
import { startServer } from "./server.ts";

/** Between two entries, for somebody who watches; a pipe does not. */
const PAUSE_MS = process.stdout.isTTY ? 700 : 0;

// Whatever ends it must not leave the server or its folder behind.
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => stop.abort());
// A terminal that is closed, or a reader that has gone.
process.stdout.on("error", () => stop.abort());

const token = `tm_${randomBytes(32).toString("base64url")}`;
const data_dir = await mkdtemp(join(tmpdir(), "taskmaster-demo-"));
try {
  const server = await startServer({
    DATA_DIR: data_dir,
    BOOTSTRAP_EMAIL: "olive@example.org",
    BOOTSTRAP_TOKEN: token,
    LOG_LEVEL: "warn",
  });
  try {
    await play(server.url);
  } finally {
    await server.stop();
  }
  console.log("\nThat was a demo, and nothing of it is left. Your own server: npm start");
  console.log(
    "Then, with the token of your account: npx taskmaster replay FILE, or follow SESSION",
  );
} catch (error) {
  if (!stop.signal.aborted) throw error;
  process.exitCode = 130;
} finally {
  await rm(data_dir, { recursive: true, force: true });
}

/** Lets the conversation happen on a server, and prints its stream as it goes. */
async function play(url: string): Promise<void> {
  const person = new Client({ url, token });
  const speakers = new Map<string, Client>();
  try {
    const session_id = await prepare(person, speakers);
    const sayAll = async () => {
      for (const line of conversation) {
        await unlessAborted(say(line, session_id, person, speakers), stop.signal);
        await wait(PAUSE_MS, undefined, { signal: stop.signal });
      }
    };
    await Promise.all([sayAll(), print(person, session_id)]);
  } finally {
    for (const client of [person, ...speakers.values()]) client.close();
  }
}

/** Makes the team, its bots and the session; fills `speakers` with a client per bot. */
async function prepare(person: Client, speakers: Map<string, Client>): Promise<string> {
  await person.command("me.update", { name: "Olive" });
  const team = await person.command("team.create", { name: "Repair café", type: "custom" });
  for (const { name, role } of bots) {
    const agent = await person.command("agent.create", { name, role, type: "assistant" });
    await person.command("team.add_agent", { team_id: team.id, agent_id: agent.id });
    const bot = await person.command("token.create", { name, agent_id: agent.id });
    speakers.set(name, new Client({ url: person.url, token: bot.token }));
  }
  const session = await person.command("session.create", {
    title: "An evening for the repair café",
    team_id: team.id,
  });
  console.log(`${session.title}: session ${session.id} on ${person.url}\n`);
  return session.id;
}

async function say(
  line: Line,
  session_id: string,
  person: Client,
  speakers: ReadonlyMap<string, Client>,
): Promise<void> {
  if ("prompt" in line) {
    await person.command("prompt.post", { session_id, content: line.prompt });
  } else if ("comment" in line) {
    await person.command("comment.post", { session_id, content: line.comment });
  } else if ("says" in line) {
    const { says: content, tool_call } = line;
    const input = { session_id, content, ...(tool_call && { tool_call }) };
    await speakers.get(line.by)!.command("message.post", input);
  } else {
    const { logs: type, message, data } = line;
    await speakers.get(line.by)!.command("log.post", { session_id, type, message, data });
  }
}

/** Prints the stream until the conversation's last entry. */
async function print(client: Client, session_id: string): Promise<void> {
  const names = new Names(client);
  const colors = terminalColors();
  for await (const entry of client.session(session_id).entries({ after: 0, signal: stop.signal })) {
    const speaker = await names.speakerOf(entry);
    console.log(renderEntry(entry, speaker, colors, terminalWidth()));
    if (entry.seq === conversation.length) return;
  }
}
