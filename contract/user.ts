import * as z from "zod";
import { command } from "./command.ts";
import { id, line, listOf, page, timestamp } from "./field.ts";

const isUri = (text: string) => /^[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/.test(text);

export const User = z.strictObject({
  id,
  // As browsers take it, so that addresses without a dot work inside a network: owner@localhost. In
  // small letters, so that an issuer of JWTs and an admin mean the same person.
  email: z.email({ pattern: z.regexes.html5Email }).max(254).toLowerCase(),
  name: line,
  // Of no other protocol, since whoever shows it may put it where a script would run.
  avatar_url: z
    .url({ protocol: /^https?$/, error: "must be an address with http:// or https://" })
    .max(2000)
    // Beside `url`, which takes all that browsers mend, such as spaces.
    .refine(isUri, "must have no characters but those that RFC 3986 gives an address")
    .nullable(),
  is_admin: z.boolean(),
  created_at: timestamp,
  updated_at: timestamp,
});
export type User = z.infer<typeof User>;

/** The user behind the token, the agent it is bound to if it is a bot's, and what it may do. */
export const Me = User.extend({
  agent_id: id.nullable(),
  scope: z.enum(["read", "write", "full"]),
});

export const meGet = command({
  name: "me.get",
  summary: "Who this token speaks for",
  may: "anyone",
  scope: "read",
  http: "GET /me",
  input: z.strictObject({}),
  output: Me,
});

export const meUpdate = command({
  name: "me.update",
  summary: "Change your own name or picture",
  may: "a person",
  scope: "write",
  http: "PATCH /me",
  input: z.strictObject({
    name: User.shape.name.optional(),
    avatar_url: User.shape.avatar_url.optional(),
  }),
  output: Me,
});

export const userCreate = command({
  name: "user.create",
  summary: "Add a person to this instance",
  may: "an admin",
  scope: "full",
  http: "POST /users",
  input: z.strictObject({
    email: User.shape.email,
    name: User.shape.name,
    avatar_url: User.shape.avatar_url.optional(),
    is_admin: z.boolean().optional(),
  }),
  output: User,
});

/** What one person may know of another. */
export const Person = User.pick({ id: true, name: true, avatar_url: true });

export const userFind = command({
  name: "user.find",
  summary: "The person with an address, to let them into a session",
  may: "a person who knows the whole address",
  scope: "read",
  http: "GET /users/find",
  input: User.pick({ email: true }),
  output: Person,
});

export const userList = command({
  name: "user.list",
  summary: "The people of this instance",
  may: "an admin",
  scope: "full",
  http: "GET /users",
  input: z.strictObject(page),
  output: listOf(User),
});
