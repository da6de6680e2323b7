import type * as z from "zod";
import type { Agent } from "../contract/agent.ts";
import type { Entry } from "../contract/entry.ts";
import { reservedEvents } from "../contract/log_entry.ts";
import { sessionUpdate } from "../contract/session.ts";

type Unstored<Row> = Row extends Entry
  ? Omit<Row, "id" | "session_id" | "seq" | "created_at">
  : never;

/** What an entry says, before a stream gives it its id, place and time. */
export type RecordedEntry = Unstored<Entry>;

/** An agent of a recording. Entries refer to its `id`, which a replay replaces. */
export type RecordedAgent = Pick<Agent, "id" | "name" | "type" | "role">;

/** A conversation that can be played again. */
export interface Recording {
  readonly title: string;
  readonly agents: readonly RecordedAgent[];
  readonly entries: readonly RecordedEntry[];
}

/** The agent that speaks in an entry, or that a log entry belongs to; null when it is a person. */
export function agentOf(entry: RecordedEntry): string | null {
  if (entry.kind === "message") return entry.sender_agent_id;
  return entry.kind === "log_entry" ? entry.agent_id : null;
}

/** The name of what happened, if only the server may write this entry. */
export function serverEventOf(entry: RecordedEntry): string | null {
  const event = entry.kind === "log_entry" ? entry.data.event : undefined;
  if (typeof event !== "string") return null;
  return reservedEvents.some((noun) => event.startsWith(`${noun}.`)) ? event : null;
}

const Changes = sessionUpdate.input.omit({ session_id: true });
export type SessionChanges = z.infer<typeof Changes>;

/** What a recorded change of the session changed, if this entry is one. */
export function sessionChangesOf(entry: RecordedEntry): SessionChanges | null {
  if (entry.kind !== "log_entry" || serverEventOf(entry) !== "session.updated") return null;
  return Changes.safeParse(entry.data.changes).data ?? null;
}
