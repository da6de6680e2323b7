import * as z from "zod";
import { command } from "./command.ts";
import { content, id, listOf, page, seq, timestamp } from "./field.ts";

export const Comment = z.strictObject({
  kind: z.literal("comment"),
  id,
  session_id: id,
  seq,
  user_id: id,
  content: z.string(),
  created_at: timestamp,
});
export type Comment = z.infer<typeof Comment>;

export const commentPost = command({
  name: "comment.post",
  summary: "Remark on a session beside the agents' conversation",
  may: "a participant who is a person",
  scope: "write",
  http: "POST /sessions/:session_id/comments",
  input: z.strictObject({
    session_id: id,
    content,
    id: id.optional().describe("The idempotency key: the same id and body is stored once"),
  }),
  output: Comment.extend({ duplicate: z.boolean() }),
});

export const commentList = command({
  name: "comment.list",
  summary: "The comments of a session",
  may: "who may follow the session",
  scope: "read",
  http: "GET /sessions/:session_id/comments",
  input: z.strictObject({ session_id: id, ...page }),
  output: listOf(Comment),
});
