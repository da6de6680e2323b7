import type { Client } from "../../client/index.ts";
import type { Output } from "../../contract/commands.ts";
import type { Entry } from "../../contract/entry.ts";
import { type Names, namesIn } from "../session/roster.tsx";

type Roster = Output<"session.get_roster">;

/** Ids that session.get_roster takes at once. */
const AT_ONCE = 100;

/** Those who speak in a session, by name; each is asked for once. */
export class Speakers {
  /** Agents that spoke so far. */
  readonly agent_ids = new Set<string>();
  readonly #user_ids = new Set<string>();
  readonly #client: Client;
  readonly #session_id: string;
  readonly #roster: Roster;

  private constructor(client: Client, session_id: string, roster: Roster) {
    this.#client = client;
    this.#session_id = session_id;
    this.#roster = roster;
  }

  /** Knows the names of those who are in the session. */
  static async of(client: Client, session_id: string): Promise<Speakers> {
    return new Speakers(
      client,
      session_id,
      await client.command("session.get_roster", { session_id }),
    );
  }

  /** Learns the names of all who speak in these entries, also of those who left. */
  async hear(entries: readonly Entry[]): Promise<void> {
    const { agents, users } = this.#roster;
    const heard = entries.map(speakerOf);
    const agent_ids = added(
      this.agent_ids,
      heard.map(({ agent_id }) => agent_id),
      agents,
    );
    const user_ids = added(
      this.#user_ids,
      heard.map(({ user_id }) => user_id),
      users,
    );
    for (let at = 0; at < Math.max(agent_ids.length, user_ids.length); at += AT_ONCE) {
      const found = await this.#client.command("session.get_roster", {
        session_id: this.#session_id,
        agent_ids: agent_ids.slice(at, at + AT_ONCE),
        user_ids: user_ids.slice(at, at + AT_ONCE),
      });
      agents.push(...absentFrom(agents, found.agents));
      users.push(...absentFrom(users, found.users));
    }
  }

  /** Who is who, as far as it was learned. */
  names(): Names {
    return namesIn(this.#roster);
  }
}

function speakerOf(entry: Entry): { agent_id: string | null; user_id: string | null } {
  switch (entry.kind) {
    case "message":
      return { agent_id: entry.sender_agent_id, user_id: null };
    case "prompt":
      return { agent_id: null, user_id: entry.created_by };
    case "comment":
      return { agent_id: null, user_id: entry.user_id };
    case "log_entry":
      return entry;
  }
}

/** Adds ids to a set. @returns those that were not in it and have no name yet */
function added(
  known: Set<string>,
  ids: readonly (string | null)[],
  named: readonly { id: string }[],
): string[] {
  const fresh = new Set(ids.filter((id) => id !== null && !known.has(id)) as string[]);
  for (const id of fresh) known.add(id);
  return absentFrom(
    named,
    [...fresh].map((id) => ({ id })),
  ).map(({ id }) => id);
}

function absentFrom<One extends { id: string }>(
  all: readonly { id: string }[],
  some: readonly One[],
): One[] {
  const known = new Set(all.map(({ id }) => id));
  return some.filter(({ id }) => !known.has(id));
}
