import * as z from "zod";
import { command } from "./command.ts";
import { id, listOf, nothing, page, timestamp } from "./field.ts";

export const SessionMember = z.strictObject({
  id,
  session_id: id,
  user_id: id,
  role: z.enum(["owner", "participant", "observer"]),
  joined_at: timestamp,
});
export type SessionMember = z.infer<typeof SessionMember>;

export const sessionAddMember = command({
  name: "session.add_member",
  summary: "Let a person into a session, or change their role",
  may: "the session's owner",
  scope: "write",
  http: "PUT /sessions/:session_id/members/:user_id",
  input: z.strictObject({
    session_id: id,
    user_id: id,
    role: z
      .enum(["participant", "observer"])
      .optional()
      .describe("Unless told, `participant` for who is new, and as it is for a member"),
  }),
  output: SessionMember,
});

export const sessionRemoveMember = command({
  name: "session.remove_member",
  summary: "Take a person out of a session, at once, with their live subscriptions",
  may: "the session's owner; a member, themselves",
  scope: "write",
  http: "DELETE /sessions/:session_id/members/:user_id",
  input: z.strictObject({ session_id: id, user_id: id }),
  output: nothing,
});

export const sessionListMembers = command({
  name: "session.list_members",
  summary: "The people of a session",
  may: "who may follow the session",
  scope: "read",
  http: "GET /sessions/:session_id/members",
  input: z.strictObject({ session_id: id, ...page }),
  output: listOf(SessionMember),
});
