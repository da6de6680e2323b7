import type { Client } from "../client/index.ts";
import type { Entry } from "../contract/entry.ts";
import { CommandError } from "../contract/errors.ts";
import type { Roster } from "../contract/roster.ts";
import { agentOf, type RecordedAgent } from "./recording.ts";
import { shortId } from "./table.ts";

/** Looks up who speaks in a stream, each once. */
export class Names {
  readonly #client: Client;
  readonly #agents = new Map<string, Promise<RecordedAgent>>();
  readonly #people = new Map<string, Promise<string>>();
  readonly #rosters = new Map<string, Promise<Roster>>();

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * An agent; one that this token may not see is named after its id.
   * @param session_id of a session that names it, whose members may know it by name
   */
  agent(agent_id: string, session_id?: string): Promise<RecordedAgent> {
    const known = this.#agents.get(agent_id) ?? this.#findAgent(agent_id, session_id);
    this.#agents.set(agent_id, known);
    return known;
  }

  /** The name to print before an entry: the agent's, or else the person's. */
  async speakerOf(entry: Entry): Promise<string> {
    const { session_id } = entry;
    const agent_id = agentOf(entry);
    if (agent_id !== null) return (await this.agent(agent_id, session_id)).name;
    const user_id = personOf(entry);
    if (user_id === null) return "Taskmaster";
    const known = this.#people.get(user_id) ?? this.#findPerson(user_id, session_id);
    this.#people.set(user_id, known);
    return known;
  }

  async #findAgent(agent_id: string, session_id: string | undefined): Promise<RecordedAgent> {
    try {
      const found =
        session_id === undefined
          ? await this.#client.command("agent.get", { agent_id })
          : await this.#inRoster(session_id, "agents", agent_id);
      if (found) return { id: agent_id, name: found.name, type: found.type, role: found.role };
    } catch (error) {
      if (!(error instanceof CommandError) || error.code !== "not_found") throw error;
    }
    return { id: agent_id, name: `agent ${shortId(agent_id)}`, type: "custom", role: "" };
  }

  async #findPerson(user_id: string, session_id: string): Promise<string> {
    const found = await this.#inRoster(session_id, "users", user_id);
    return found?.name ?? `person ${shortId(user_id)}`;
  }

  /** First among all who are in the session, which is asked once, then among those who were. */
  async #inRoster<Kind extends keyof Roster>(
    session_id: string,
    kind: Kind,
    id: string,
  ): Promise<Roster[Kind][number] | undefined> {
    const whole =
      this.#rosters.get(session_id) ?? this.#client.command("session.get_roster", { session_id });
    this.#rosters.set(session_id, whole);
    const among = async (roster: Roster) => roster[kind].find((one) => one.id === id);
    const asked = kind === "agents" ? { agent_ids: [id] } : { user_ids: [id] };
    return (
      (await among(await whole)) ??
      among(await this.#client.command("session.get_roster", { session_id, ...asked }))
    );
  }
}

function personOf(entry: Entry): string | null {
  if (entry.kind === "prompt") return entry.created_by;
  return entry.kind === "message" ? null : entry.user_id;
}
