import type { Client } from "../client/index.ts";
import { id } from "../contract/field.ts";
import { Failure } from "./exit_codes.ts";
import { everyRow } from "./rows.ts";

/** What can be called by something shorter than its id: where to look, and by which column. */
const nouns = {
  session: { list: "session.list", column: "title" },
  team: { list: "team.list", column: "name" },
  agent: { list: "agent.list", column: "name" },
  tool: { list: "tool.list", column: "name" },
  token: { list: "token.list", column: "name" },
  user: { list: "user.list", column: "email" },
} as const;

export type Noun = keyof typeof nouns;

/** Too few characters of an id mean it by accident. */
const SHORTEST = 4;

/** The noun that a field holds ids of, such as `agent` for `sender_agent_id` and `agent_ids`. */
export function nounOf(field: string): Noun | null {
  const noun = /(?:^|_)([a-z]+)_ids?$/.exec(field)?.[1];
  return noun !== undefined && noun in nouns ? (noun as Noun) : null;
}

/** How a noun may be called, for help texts. */
export function waysToCall(noun: Noun): string {
  return `by its ${nouns[noun].column}, its id, or the beginning or end of its id`;
}

/**
 * Finds the id of what somebody means.
 * @param text a whole id (any, nothing is looked up then), at least 4 characters of its beginning or
 *   end, or the exact title, name or email, which wins over a part of an id; of tokens with the same
 *   name, those that are not revoked win
 * @throws Failure when there is none or there are several
 */
export async function resolve(client: Client, noun: Noun, text: string): Promise<string> {
  const whole = id.safeParse(text);
  if (whole.success) return whole.data;
  if (noun === "user" && text.includes("@")) {
    // Anybody may know a person by the whole address; only an admin sees the list.
    return (await client.command("user.find", { email: text })).id;
  }
  const { list, column } = nouns[noun];
  const called: string[] = [];
  const revoked: string[] = [];
  const partly: string[] = [];
  const part = text.length >= SHORTEST ? text.toLowerCase() : null;
  for await (const row of everyRow(client, list, {})) {
    const { [column]: name, revoked_at } = row as Record<string, unknown>;
    if (name === text) (revoked_at ? revoked : called).push(row.id);
    else if (part !== null && (row.id.startsWith(part) || row.id.endsWith(part))) {
      partly.push(row.id);
    }
  }
  const found = [called, revoked, partly].find(({ length }) => length > 0) ?? [];
  const [first] = found;
  if (first === undefined) {
    throw new Failure(4, `no ${noun} "${text}": \`taskmaster ${noun} list\` shows what there is`);
  }
  if (found.length === 1) return first;
  const some = found.slice(0, 5).join(", ");
  throw new Failure(2, `${found.length} ${noun}s are meant by "${text}"; use an id: ${some}`);
}
