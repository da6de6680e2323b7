import type { Output } from "../contract/commands.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Client } from "./client.ts";

/** Something that was said, as a bot wants to read it. */
export interface Said {
  readonly kind: "prompt" | "message";
  readonly seq: number;
  /** Who said it: the name of a person (a prompt) or of an agent. */
  readonly name: string;
  /** Whether the bot's own agent said it. */
  readonly is_mine: boolean;
  readonly content: string;
  readonly tool_call: JsonObject | null;
  readonly created_at: string;
}

/** Rows in a page, at the most. */
const MOST_ROWS = 200;
/** Ids that a roster may be asked for, at the most. */
const MOST_IDS = 100;

type Moment = { session_id: string; agent_id: string; opened_at: string };

/**
 * Reads what was said in a session up to a moment.
 * @param moment in which session, whose turn it is, and since when
 * @param limit how many at the most, the newest
 * @returns the oldest first
 */
export async function readTranscript(
  client: Client,
  moment: Moment,
  limit: number,
): Promise<Said[]> {
  const [prompts, messages] = await Promise.all([
    newest((page) => client.prompt.list(page), moment, limit),
    newest((page) => client.message.list(page), moment, limit),
  ]);
  const rows = [...prompts, ...messages].sort((one, other) => one.seq - other.seq).slice(-limit);
  const nameOf = await namesOf(client, moment.session_id, rows);
  return rows.map((row) => ({
    kind: row.kind,
    seq: row.seq,
    name: nameOf(speakerOf(row)),
    is_mine: speakerOf(row) === moment.agent_id,
    content: row.content,
    tool_call: row.kind === "message" ? row.tool_call : null,
    created_at: row.created_at,
  }));
}

type Row = Output<"prompt.list" | "message.list">["data"][number];

const speakerOf = (row: Row) => (row.kind === "message" ? row.sender_agent_id : row.created_by);

async function newest<One extends Row>(
  list: (page: {
    session_id: string;
    limit: number;
    cursor?: string;
  }) => Promise<{ data: One[]; next: string | null }>,
  { session_id, opened_at }: Moment,
  limit: number,
): Promise<One[]> {
  const found: One[] = [];
  for (let cursor: string | null | undefined; cursor !== null && found.length < limit; ) {
    const page = { session_id, limit: Math.min(limit, MOST_ROWS), ...(cursor && { cursor }) };
    const { data, next } = await list(page);
    found.push(...data.filter(({ created_at }) => created_at <= opened_at));
    cursor = next;
  }
  return found.slice(0, limit);
}

async function namesOf(client: Client, session_id: string, rows: readonly Row[]) {
  const idsOf = (kind: Row["kind"]) =>
    [...new Set(rows.filter((row) => row.kind === kind).map(speakerOf))].slice(-MOST_IDS);
  const { users, agents } = await client.session.get_roster({
    session_id,
    user_ids: idsOf("prompt"),
    agent_ids: idsOf("message"),
  });
  const names = new Map([...users, ...agents].map(({ id, name }) => [id, name]));
  return (id: string) => names.get(id) ?? "somebody";
}
