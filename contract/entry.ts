import * as z from "zod";
import { command } from "./command.ts";
import { Comment } from "./comment.ts";
import { id, seq } from "./field.ts";
import { LogEntry } from "./log_entry.ts";
import { Message } from "./message.ts";
import { Prompt } from "./prompt.ts";

/** One durable thing in a session's stream. */
export const Entry = z.discriminatedUnion("kind", [Message, Prompt, Comment, LogEntry]);
export type Entry = z.infer<typeof Entry>;
export type EntryKind = Entry["kind"];

/** A run of consecutive entries, and where the stream stood when they were read. */
export const StreamPage = z.strictObject({
  entries: z.array(Entry),
  head_seq: seq,
  has_more: z.boolean(),
});
export type StreamPage = z.infer<typeof StreamPage>;

export const streamRead = command({
  name: "stream.read",
  summary: "The entries after a number, in order; as text/event-stream it goes on live",
  may: "who may follow the session",
  scope: "read",
  http: "GET /sessions/:session_id/stream",
  input: z.strictObject({
    session_id: id,
    after: seq.optional().describe("0 unless told: from the first entry"),
    limit: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe("Entries per page; 200 unless told, fewer where they are large"),
  }),
  output: StreamPage,
});
