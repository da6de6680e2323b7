import type { Visibility } from "../../models/index.ts";
import { connect, type TestClient } from "../support/client.ts";
import { OWNER_TOKEN } from "../support/node.ts";

/** Somebody with a token that both transports use, and a socket that is connected with it. */
export interface Person {
  readonly id: string;
  readonly token: string;
  readonly client: TestClient;
}

/** What commands need to be about: all of it is the owner's. */
export interface World {
  readonly owner: Person;
  /** Another user, with a token of full scope. */
  readonly other: Person;
  /** Of the agent, the team and the tool. */
  readonly visibility: Visibility;
  /** A user who is a participant of the session, and does nothing. */
  readonly member_id: string;
  readonly agent_id: string;
  readonly team_id: string;
  /** Attached to the agent and to the team. */
  readonly tool_id: string;
  readonly session_id: string;
  readonly mechanism_id: string;
}

/** The account that every test node has from its start. */
export async function connectOwner(url: string): Promise<Person> {
  const client = await connect(url);
  return { id: (await client.call("me.get", {})).id, token: OWNER_TOKEN, client };
}

/** Adds a user, and connects with a token of theirs. */
export async function connectUser(url: string, owner: Person, name: string): Promise<Person> {
  const { id } = await owner.client.call("user.create", { name, email: email() });
  const { token } = await owner.client.call("token.create", { name, scope: "full", user_id: id });
  return { id, token, client: await connect(url, token) };
}

/** An address nobody has yet. */
export function email(): string {
  return `${crypto.randomUUID()}@example.org`;
}

/** Makes one of everything, for other people to see or not. */
export async function makeWorld(
  owner: Person,
  other: Person,
  visibility: Visibility,
): Promise<World> {
  const { call } = owner.client;
  const agent = await call("agent.create", { name: "Ada", type: "assistant", visibility });
  const team = await call("team.create", {
    name: "Crew",
    type: "custom",
    // Turns are given by hand, and everybody may speak without one.
    config: { strategy: "manual", floor: "open" },
    visibility,
  });
  const tool = await call("tool.create", { name: "search", type: "api", visibility });
  const [agent_id, team_id, tool_id] = [agent.id, team.id, tool.id];
  await call("team.add_agent", { team_id, agent_id });
  await call("agent.attach_tool", { agent_id, tool_id });
  await call("team.attach_tool", { team_id, tool_id });
  const mechanism = await call("mechanism.create", { team_id, type: "democratic" });
  const session = await call("session.create", { title: "Room", team_id, agent_ids: [agent_id] });
  const member = await call("user.create", { name: "Mel", email: email() });
  const session_id = session.id;
  await call("session.add_member", { session_id, user_id: member.id });
  await call("message.post", { session_id, content: "a message", sender_agent_id: agent_id });
  await call("prompt.post", { session_id, content: "a prompt" });
  await call("comment.post", { session_id, content: "a comment" });
  await call("log.post", { session_id, type: "info", message: "a log entry" });
  return {
    owner,
    other,
    visibility,
    member_id: member.id,
    agent_id,
    team_id,
    tool_id,
    session_id,
    mechanism_id: mechanism.id,
  };
}
