import type { Client } from "../client/index.ts";
import type { Entry } from "../contract/entry.ts";
import { CommandError } from "../contract/errors.ts";
import { agentOf, type RecordedAgent } from "./recording.ts";

/** Looks up who speaks in a stream, each once. */
export class Names {
  readonly #client: Client;
  readonly #agents = new Map<string, Promise<RecordedAgent>>();
  #me: Promise<{ id: string; name: string }> | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** An agent; one that this token may not see is named after its id. */
  agent(agent_id: string): Promise<RecordedAgent> {
    const known = this.#agents.get(agent_id) ?? this.#findAgent(agent_id);
    this.#agents.set(agent_id, known);
    return known;
  }

  /** The name to print before an entry: the agent's, or else the person's. */
  async speakerOf(entry: Entry): Promise<string> {
    const agent_id = agentOf(entry);
    if (agent_id !== null) return (await this.agent(agent_id)).name;
    const user_id = personOf(entry);
    if (user_id === null) return "Taskmaster";
    this.#me ??= this.#client.command("me.get", {});
    const me = await this.#me;
    return user_id === me.id ? me.name : `person ${short(user_id)}`;
  }

  async #findAgent(agent_id: string): Promise<RecordedAgent> {
    try {
      const { id, name, type, role } = await this.#client.command("agent.get", { agent_id });
      return { id, name, type, role };
    } catch (error) {
      if (!(error instanceof CommandError) || error.code !== "not_found") throw error;
      return { id: agent_id, name: `agent ${short(agent_id)}`, type: "custom", role: "" };
    }
  }
}

function personOf(entry: Entry): string | null {
  if (entry.kind === "prompt") return entry.created_by;
  return entry.kind === "message" ? null : entry.user_id;
}

function short(id: string): string {
  // The end is random; the beginning of a version 7 id is a time.
  return id.slice(-8);
}
