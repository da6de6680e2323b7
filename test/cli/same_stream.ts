import { isDeepStrictEqual } from "node:util";
import {
  agentOf,
  type RecordedEntry,
  type Recording,
  serverEventOf,
  sessionChangesOf,
} from "../../cli/recording.ts";

/**
 * Whether two recordings tell the same: the same kinds of entries in the same order, with the same
 * content, tool_call, type, message and data, by speakers of the same names. Ids, times and which
 * people took part may differ.
 */
export function sameStream(a: Recording, b: Recording): boolean {
  return isDeepStrictEqual(comparable(a), comparable(b));
}

/** What must be equal in two recordings of the same stream, entry by entry. */
export function comparable(recording: Recording): object[] {
  const agents = new Map(recording.agents.map((agent) => [agent.id, agent]));
  const nameOf = (agent_id: string) => agents.get(agent_id)?.name ?? agent_id;
  return recording.entries.map((entry) => {
    const agent_id = agentOf(entry);
    const speaker = agent_id === null ? "a person" : nameOf(agent_id);
    if (entry.kind === "message") {
      const { kind, content, tool_call } = entry;
      return { kind, speaker, content, tool_call };
    }
    if (entry.kind !== "log_entry") return { kind: entry.kind, speaker, content: entry.content };
    const { kind, type, message } = entry;
    return { kind, speaker, type, message, data: namedData(entry, agents) };
  });
}

/** What the server adds to its own events of this telling alone. */
const idsAndTimes = ["id", "session_id", "joined_at", "updated_at"];

/**
 * The data without ids and times of the server's making, and the agents of a changed session by their
 * names, without those that stand for people.
 */
function namedData(
  entry: Extract<RecordedEntry, { kind: "log_entry" }>,
  agents: ReadonlyMap<string, Recording["agents"][number]>,
): object | null {
  if (serverEventOf(entry) === null) return entry.data;
  const data = Object.fromEntries(
    Object.entries(entry.data).filter(([field]) => !idsAndTimes.includes(field)),
  );
  const changes = sessionChangesOf(entry);
  if (!changes?.agent_ids) return data;
  const names = changes.agent_ids
    .filter((id) => agents.get(id)?.type !== "user_proxy")
    .map((id) => agents.get(id)?.name ?? id);
  return { ...data, changes: { ...changes, agent_ids: names } };
}
