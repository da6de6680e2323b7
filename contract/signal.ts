import * as z from "zod";
import { command } from "./command.ts";
import { Entry } from "./entry.ts";
import { ErrorBody } from "./errors.ts";
import { id, nothing, seq } from "./field.ts";
import { Session } from "./session.ts";
import { SessionMember } from "./session_member.ts";

/** Somebody who is connected to a session now, over all nodes. */
export const Present = z.strictObject({
  user_id: id.optional(),
  agent_id: id.optional(),
  role: SessionMember.shape.role,
  connections: z.int().min(1),
});
export type Present = z.infer<typeof Present>;

/** Everything the server sends of its own accord over Socket.IO, by event name. */
export const serverEvents = {
  entries: z
    .strictObject({ session_id: id, entries: z.array(Entry) })
    .describe("What was added to a session that you follow, in order; may hold several"),
  presence: z
    .strictObject({ session_id: id, members: z.array(Present) })
    .describe("Who is connected to a session that you follow, now that somebody came or went"),
  typing: z
    .strictObject({
      session_id: id,
      agent_id: id.optional(),
      user_id: id.optional(),
      typing: z.boolean(),
    })
    .describe("Somebody is writing, or stopped"),
  delta: z
    .strictObject({
      session_id: id,
      stream_id: id,
      agent_id: id,
      offset: z.int().min(0),
      text: z.string(),
    })
    .describe("A piece of a message that is being written"),
  closed: z
    .strictObject({ session_id: id, reason: z.string() })
    .describe("You follow it no longer"),
  error: z
    .strictObject({ event: z.string(), error: ErrorBody })
    .describe("The refusal of a command that was sent without an acknowledgement function"),
} as const;
export type ServerEvents = {
  [Name in keyof typeof serverEvents]: z.infer<(typeof serverEvents)[Name]>;
};

export const sessionJoin = command({
  name: "session.join",
  summary:
    "Follow a session from a cursor: every entry after it, in order, backlog first, then live",
  may: "who may follow the session",
  scope: "read",
  http: null,
  input: z.strictObject({
    session_id: id,
    after: seq.optional().describe("The last number you have; the 50 newest entries unless told"),
  }),
  output: z.strictObject({
    session: Session,
    head_seq: seq,
    role: SessionMember.shape.role.describe("What you may do here"),
    agent_ids: z.array(id).describe("The agents of the session you may speak as"),
    members: z.array(SessionMember),
    presence: z.array(Present),
  }),
});

export const sessionLeave = command({
  name: "session.leave",
  summary: "Stop following a session",
  may: "anyone",
  scope: "read",
  http: null,
  input: z.strictObject({ session_id: id }),
  output: nothing,
});

export const typingSet = command({
  name: "typing.set",
  summary: "Tell the others that you are writing, or stopped",
  may: "a participant who follows the session",
  scope: "write",
  http: null,
  input: z.strictObject({ session_id: id, typing: z.boolean() }),
  output: nothing,
});

export const deltaSend = command({
  name: "delta.send",
  summary: "Show a piece of a message while it is being written",
  may: "a bot that follows the session; a participant, for an agent of the session that they own",
  scope: "write",
  http: null,
  input: z.strictObject({
    session_id: id,
    stream_id: id.describe("The id the finished message will have"),
    agent_id: id.optional().describe("Who is writing; a bot's own agent unless told"),
    offset: z.int().min(0).describe("Where the text belongs, in UTF-16 code units"),
    text: z.string().max(16_384),
  }),
  output: nothing,
});
