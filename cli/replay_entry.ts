import type { Client } from "../client/index.ts";
import { CommandError } from "../contract/errors.ts";
import { id } from "../contract/field.ts";
import { sessionAddMember } from "../contract/session_member.ts";
import type { Cast } from "./cast.ts";
import { type RecordedEntry, serverEventOf, sessionChangesOf } from "./recording.ts";

type RecordedLog = Extract<RecordedEntry, { kind: "log_entry" }>;

/**
 * Posts a recorded entry again and waits until it is stored: an agent's by its bot, everything else
 * by the person.
 * @returns false when nothing makes the server write such an entry again
 * @throws CommandError when the server refuses it
 */
export async function replayEntry(
  entry: RecordedEntry,
  cast: Cast,
  person: Client,
): Promise<boolean> {
  const { session_id } = cast;
  if (entry.kind === "message") {
    const { content, tool_call } = entry;
    const input = { session_id, content, ...(tool_call && { tool_call }) };
    await cast.bot(entry.sender_agent_id).command("message.post", input);
  } else if (entry.kind === "prompt") {
    await person.command("prompt.post", { session_id, content: entry.content });
  } else if (entry.kind === "comment") {
    await person.command("comment.post", { session_id, content: entry.content });
  } else if (serverEventOf(entry) !== null) {
    return causeAgain(entry, cast, person);
  } else {
    const { type, message, data } = entry;
    const speaker = entry.agent_id === null ? person : cast.bot(entry.agent_id);
    await speaker.command("log.post", { session_id, type, message, ...(data && { data }) });
  }
  return true;
}

/** Issues the command that made the server write an entry, and sees whether it wrote one. */
async function causeAgain(entry: RecordedLog, cast: Cast, person: Client): Promise<boolean> {
  const { session_id } = cast;
  const before = await person.command("session.get", { session_id });
  try {
    await issueCause(entry, cast, person);
  } catch (error) {
    // Such as a person who is not on this instance.
    if (error instanceof CommandError && error.code !== "unavailable") return false;
    throw error;
  }
  const after = await person.command("session.get", { session_id });
  return after.head_seq > before.head_seq;
}

async function issueCause(entry: RecordedLog, cast: Cast, person: Client): Promise<void> {
  const { session_id } = cast;
  const event = serverEventOf(entry);
  const user_id = id.safeParse(entry.data.user_id).data;
  const changes = sessionChangesOf(entry);
  if (changes) {
    const agent_ids = changes.agent_ids && agentsNow(changes.agent_ids, cast);
    await person.command("session.update", {
      session_id,
      ...changes,
      ...(agent_ids && { agent_ids }),
    });
  } else if (user_id && (event === "member.added" || event === "member.changed")) {
    const role = sessionAddMember.input.shape.role.safeParse(entry.data.role).data;
    await person.command("session.add_member", { session_id, user_id, ...(role && { role }) });
  } else if (user_id && event === "member.removed") {
    await person.command("session.remove_member", { session_id, user_id });
  }
}

/**
 * The agents made for those of a recorded change, and all that stand for people: those need no place
 * in a session, but the bots that speak for them here do.
 */
function agentsNow(recorded_ids: readonly string[], cast: Cast): string[] {
  const named = recorded_ids.map((id) => cast.agents.get(id)?.id ?? id);
  const people = [...cast.agents.values()].filter((agent) => agent.type === "user_proxy");
  return [...new Set([...named, ...people.map((agent) => agent.id)])];
}
