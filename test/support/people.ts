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
