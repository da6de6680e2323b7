import { Client } from "../client/index.ts";
import type { Agent } from "../contract/agent.ts";
import type { RecordedAgent, Recording } from "./recording.ts";
import { agentOf, sessionChangesOf } from "./recording.ts";
import { everyRow } from "./rows.ts";
import { orUndo } from "./undo.ts";

/** A bot's token ends by itself should the replay be killed before it revokes it. */
const TOKEN_LIFE_MS = 24 * 60 * 60 * 1000;

/** The session that a replay made, its agents, and the bots that speak in it. */
export interface Cast {
  readonly session_id: string;
  /** Recorded id → the agent made for it. */
  readonly agents: ReadonlyMap<string, Agent>;
  /** How many bots are connected. */
  readonly bots: number;
  /** The connection of a recorded agent's bot. */
  bot(recorded_id: string): Client;
  /** Closes the bots' connections and revokes their tokens. */
  dismiss(): Promise<void>;
}

/**
 * Makes a session for a recording: its agents, and for each that speaks a bot with a token of its
 * own, connected. When that fails it takes back what can be taken back.
 * @param person the client of whoever replays; its token needs the scope `full`
 */
export async function assembleCast(person: Client, recording: Recording): Promise<Cast> {
  const agents = await makeAgents(person, recording.agents);
  const session = await orUndo(openSession(person, recording, agents), () =>
    deleteAgents(person, agents),
  );
  const bots = new Map<string, Client>();
  const token_ids: string[] = [];
  const dismiss = async () => {
    for (const bot of bots.values()) bot.close();
    await Promise.all(token_ids.map((token_id) => person.command("token.revoke", { token_id })));
  };
  const hire = async (recorded_id: string) => {
    const { id, token } = await person.command("token.create", {
      name: `replay in ${session.id}`,
      scope: "write",
      agent_id: agents.get(recorded_id)!.id,
      expires_at: new Date(Date.now() + TOKEN_LIFE_MS).toISOString(),
    });
    token_ids.push(id);
    const bot = new Client({ url: person.url, token });
    bots.set(recorded_id, bot);
    await bot.connected();
  };
  const hireAll = async () => {
    for (const recorded_id of speakersOf(recording.entries)) await hire(recorded_id);
  };
  await orUndo(hireAll(), dismiss);
  return {
    session_id: session.id,
    agents,
    bots: bots.size,
    bot: (recorded_id) => bots.get(recorded_id)!,
    dismiss,
  };
}

/**
 * Opens the session as the recorded one was before its first change, as far as that can be known: a
 * change to what already is would leave no entry.
 */
function openSession(person: Client, recording: Recording, agents: ReadonlyMap<string, Agent>) {
  const { entries, title } = recording;
  const first = entries.findIndex((entry) => sessionChangesOf(entry)?.agent_ids !== undefined);
  const early = speakersOf(entries.slice(0, first));
  const agent_ids = [...agents]
    .filter(([id, agent]) => first < 0 || early.has(id) || agent.type === "user_proxy")
    .map(([, agent]) => agent.id);
  const renamed = entries.some((entry) => sessionChangesOf(entry)?.title !== undefined);
  return person.command("session.create", { title: renamed ? "Replay" : title, agent_ids });
}

async function makeAgents(
  person: Client,
  recorded: readonly RecordedAgent[],
): Promise<Map<string, Agent>> {
  if (recorded.some((agent) => agent.type === "user_proxy")) await ensureOwnVoice(person);
  const made = new Map<string, Agent>();
  const makeAll = async () => {
    for (const { id, name, type, role } of recorded) {
      made.set(id, await person.command("agent.create", { name, type, role }));
    }
  };
  await orUndo(makeAll(), () => deleteAgents(person, made));
  return made;
}

/** A person's oldest user_proxy agent is their own voice: one made for a replay must not become it. */
async function ensureOwnVoice(person: Client): Promise<void> {
  const me = await person.command("me.get", {});
  for await (const agent of everyRow(person, "agent.list", {})) {
    if (agent.owner_id === me.id && agent.type === "user_proxy") return;
  }
  await person.command("agent.create", { name: me.name, type: "user_proxy" });
}

function speakersOf(entries: Recording["entries"]): Set<string> {
  return new Set(entries.map(agentOf).filter((id) => id !== null));
}

async function deleteAgents(person: Client, agents: ReadonlyMap<string, Agent>): Promise<void> {
  for (const { id } of agents.values()) await person.command("agent.delete", { agent_id: id });
}
