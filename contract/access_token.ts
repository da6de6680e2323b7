import * as z from "zod";
import { command } from "./command.ts";
import { id, line, listOf, page, timestamp } from "./field.ts";

export const AccessToken = z.strictObject({
  id,
  user_id: id,
  agent_id: id.nullable().describe("The agent it speaks as; null for a person's token"),
  name: line,
  scope: z.enum(["read", "write", "full"]),
  expires_at: timestamp.nullable(),
  revoked_at: timestamp.nullable(),
  created_at: timestamp,
});
export type AccessToken = z.infer<typeof AccessToken>;

export const tokenCreate = command({
  name: "token.create",
  summary: "Make an access token; its secret is shown in this answer only",
  may: "a person, for themselves and for agents they own; an admin, for any user",
  scope: "full",
  http: "POST /tokens",
  input: z.strictObject({
    name: AccessToken.shape.name,
    scope: AccessToken.shape.scope.optional().describe("`write` unless told"),
    expires_at: AccessToken.shape.expires_at
      .optional()
      .describe("Such as 2030-01-01T00:00:00Z; never, unless told"),
    agent_id: id.optional().describe("Makes it a bot's token that speaks as this agent"),
    user_id: id.optional().describe("Whose token it is; only an admin may name another"),
  }),
  output: AccessToken.extend({ token: z.string() }),
});

export const tokenList = command({
  name: "token.list",
  summary: "Your tokens, without their secrets",
  may: "a person, their own",
  scope: "full",
  http: "GET /tokens",
  input: z.strictObject(page),
  output: listOf(AccessToken),
});

export const tokenRevoke = command({
  name: "token.revoke",
  summary: "End a token at once, with every live connection made with it",
  may: "a person, their own; an admin, any",
  scope: "full",
  http: "DELETE /tokens/:token_id",
  input: z.strictObject({ token_id: id }),
  output: AccessToken,
});
