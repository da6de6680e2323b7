import * as z from "zod";
import { command } from "./command.ts";
import { content, id, listOf, page, seq, timestamp } from "./field.ts";

export const Prompt = z.strictObject({
  kind: z.literal("prompt"),
  id,
  session_id: id,
  seq,
  created_by: id,
  content: z.string(),
  created_at: timestamp,
});
export type Prompt = z.infer<typeof Prompt>;

export const promptPost = command({
  name: "prompt.post",
  summary: "Give the agents of a session a task",
  may: "a participant who is a person",
  scope: "write",
  http: "POST /sessions/:session_id/prompts",
  input: z.strictObject({
    session_id: id,
    content,
    id: id.optional().describe("The idempotency key: the same id and body is stored once"),
  }),
  output: Prompt.extend({ duplicate: z.boolean() }),
});

export const promptList = command({
  name: "prompt.list",
  summary: "The prompts of a session",
  may: "who may follow the session",
  scope: "read",
  http: "GET /sessions/:session_id/prompts",
  input: z.strictObject({ session_id: id, ...page }),
  output: listOf(Prompt),
});
