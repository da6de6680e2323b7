import * as z from "zod";
import { command } from "./command.ts";
import { id, listOf, page, seq, timestamp } from "./field.ts";
import { jsonObject } from "./json.ts";

export const Message = z.strictObject({
  kind: z.literal("message"),
  id,
  session_id: id,
  seq,
  sender_agent_id: id,
  content: z.string(),
  tool_call: jsonObject.nullable(),
  created_at: timestamp,
});
export type Message = z.infer<typeof Message>;

export const messagePost = command({
  name: "message.post",
  summary: "Say something as an agent",
  may: "a participant, as their own user_proxy agent or as an agent of the session that they own; a bot, as its agent",
  scope: "write",
  http: "POST /sessions/:session_id/messages",
  input: z.strictObject({
    session_id: id,
    content: z.string(),
    tool_call: Message.shape.tool_call.optional(),
    sender_agent_id: id.optional(),
    id: id.optional().describe("The idempotency key: the same id and body is stored once"),
  }),
  output: Message.extend({ duplicate: z.boolean() }),
});

export const messageList = command({
  name: "message.list",
  summary: "The messages of a session",
  may: "who may follow the session",
  scope: "read",
  http: "GET /sessions/:session_id/messages",
  input: z.strictObject({ session_id: id, ...page }),
  output: listOf(Message),
});
