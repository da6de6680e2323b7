import { User } from "../../models/index.ts";
import type { Actor } from "../../server/actions/action.ts";
import type { TestClient } from "./client.ts";

/** Adds a person to the instance, with a token of their own. */
export async function newPerson(
  owner: TestClient,
  token: { expires_at?: string } = {},
): Promise<{ user_id: string; token: string; token_id: string }> {
  const email = `${crypto.randomUUID()}@example.org`;
  const { id: user_id } = await owner.call("user.create", { email, name: "Someone" });
  const made = await owner.call("token.create", { name: "theirs", user_id, ...token });
  return { user_id, token: made.token, token_id: made.id };
}

/** Makes an agent of the caller, with a bot's token that speaks as it. */
export async function newBot(
  owner: TestClient,
  name: string,
): Promise<{ agent_id: string; token: string; token_id: string }> {
  const { id: agent_id } = await owner.call("agent.create", { name, type: "assistant" });
  const made = await owner.call("token.create", { name, agent_id });
  return { agent_id, token: made.token, token_id: made.id };
}

/** Adds a person to the database that the models are bound to, as an actor who may do all that people may. */
export async function newActor(name: string): Promise<Actor> {
  const user = await User.create({ email: `${crypto.randomUUID()}@example.org`, name });
  const token = { agent_id: null, scope: "full", token_id: null, expires_at: null } as const;
  return { user_id: user.id, is_admin: false, ...token };
}
