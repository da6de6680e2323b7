import type { Input } from "../../contract/commands.ts";
import type { TestClient } from "./client.ts";
import { OWNER_TOKEN } from "./node.ts";

const WRITERS = 32;
const ON_BUSY_SESSION = 16;
const QUIET_SESSIONS = 4;

/** Somebody who adds entries to one session, one after the other. */
export interface Writer {
  readonly session_id: string;
  readonly token: string;
  readonly bot: boolean;
  /** The node it prefers. */
  readonly node: number;
  /** How many entries it writes. */
  readonly posts: number;
}

type PostName = "message.post" | "prompt.post" | "comment.post" | "log.post";
/** A command and its input. */
export type Post = { [Name in PostName]: readonly [Name, Input<Name>] }[PostName];

/**
 * Makes 32 writers, every other one a bot with an agent and a token of its own: 16 for one session,
 * 16 for four others, which are made as well.
 * @param total entries that they write together, a multiple of 32
 */
export async function hireWriters(owner: TestClient, total: number): Promise<Writer[]> {
  const bots = await Promise.all(
    Array.from({ length: WRITERS / 2 }, (_, index) => hireBot(owner, `Bot ${index}`)),
  );
  const agent_ids = bots.map((bot) => bot.agent_id);
  const busy = await owner.call("session.create", { title: "Busy", agent_ids });
  const quiet = await Promise.all(
    Array.from({ length: QUIET_SESSIONS }, (_, index) =>
      owner.call("session.create", { title: `Quiet ${index}`, agent_ids }),
    ),
  );
  return Array.from({ length: WRITERS }, (_, index) => {
    const pair = Math.floor(index / 2);
    const session = index < ON_BUSY_SESSION ? busy : quiet[pair % QUIET_SESSIONS]!;
    const bot = index % 2 === 0;
    return {
      session_id: session.id,
      token: bot ? bots[pair]!.token : OWNER_TOKEN,
      bot,
      node: pair,
      posts: total / WRITERS,
    };
  });
}

async function hireBot(owner: TestClient, name: string) {
  const agent = await owner.call("agent.create", { name, type: "assistant" });
  const { token } = await owner.call("token.create", { name, agent_id: agent.id });
  return { agent_id: agent.id, token };
}

/** What a bot says: messages, some with a tool call, and what they cost. */
export function botPost(session_id: string, index: number): Post {
  const id = crypto.randomUUID();
  if (index % 3 === 0) {
    const data = { model: "small", input: index, output: 7, reasoning: 0 };
    return ["log.post", { session_id, id, type: "token_usage", message: "used", data }];
  }
  const tool_call =
    index % 3 === 1 ? null : { name: "search", arguments: { z: [index, null], a: "ü\n" } };
  return ["message.post", { session_id, id, content: `Step ${index} 🙂`, tool_call }];
}

/** What a person adds: prompts, comments, and messages through their own agent. */
export function personPost(session_id: string, index: number): Post {
  const id = crypto.randomUUID();
  const content = `Line ${index}\n${"text ".repeat(index % 20)}`;
  if (index % 3 === 0) return ["prompt.post", { session_id, id, content }];
  if (index % 3 === 1) return ["comment.post", { session_id, id, content }];
  return ["message.post", { session_id, id, content }];
}
