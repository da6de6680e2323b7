import * as z from "zod";
import { Agent } from "./agent.ts";
import { command } from "./command.ts";
import { id } from "./field.ts";
import { Person } from "./user.ts";

/** Those who are or were in a session, by name. */
export const Roster = z.strictObject({
  users: z.array(Person),
  agents: z.array(Agent.pick({ id: true, name: true, type: true, role: true, owner_id: true })),
});
export type Roster = z.infer<typeof Roster>;

const also = z
  .array(id)
  .max(100)
  .optional()
  .describe("Who may have left: told if an entry of the session names them");

export const sessionGetRoster = command({
  name: "session.get_roster",
  summary: "The names of a session's people and agents, also of those who left",
  may: "who may follow the session",
  scope: "read",
  http: "GET /sessions/:session_id/roster",
  input: z.strictObject({ session_id: id, user_ids: also, agent_ids: also }),
  output: Roster,
});
