import { expect } from "chai";
import type { Input } from "../../contract/commands.ts";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { request } from "../support/http.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { newPerson } from "../support/people.ts";

describe("a session's roster", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;
  let owner_id: string;

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    owner = await connect(node.url);
    owner_id = (await owner.call("me.get", {})).id;
  });

  after(async () => {
    owner.close();
    await node.stop();
    await database.drop();
  });

  const newAgent = async (name: string, client = owner) =>
    (await client.call("agent.create", { name, type: "custom", visibility: "instance" })).id;
  const newSession = async (input: Partial<Input<"session.create">> = {}) =>
    (await owner.call("session.create", { title: "Room", ...input })).id;
  /** Somebody else, with a client of their own. */
  async function person() {
    const made = await newPerson(owner);
    return { ...made, client: await connect(node.url, made.token) };
  }
  async function idsIn(input: Input<"session.get_roster">, client = owner) {
    const { users, agents } = await client.call("session.get_roster", input);
    return { users: users.map(({ id }) => id), agents: agents.map(({ id }) => id) };
  }

  it("has its members, its agents and the owners of those, by name and without address", async () => {
    const [member, friend] = [await person(), await person()];
    const [guest, hand] = [await newAgent("Guest", friend.client), await newAgent("Hand")];
    const { id: team_id } = await owner.call("team.create", { name: "Crew", type: "round_robin" });
    await owner.call("team.add_agent", { team_id, agent_id: hand, role_in_team: "observer" });
    const session_id = await newSession({ team_id, agent_ids: [guest] });
    await owner.call("session.add_member", { session_id, user_id: member.user_id });
    const roster = await member.client.call("session.get_roster", { session_id });
    const someone = { name: "Someone", avatar_url: null };
    expect(roster.users).to.have.deep.members([
      { id: owner_id, name: (await owner.call("me.get", {})).name, avatar_url: null },
      { id: member.user_id, ...someone },
      { id: friend.user_id, ...someone },
    ]);
    expect(roster.agents).to.have.deep.members([
      { id: guest, name: "Guest", type: "custom", role: "", owner_id: friend.user_id },
      { id: hand, name: "Hand", type: "custom", role: "", owner_id },
    ]);
    for (const { client } of [member, friend]) client.close();
  });

  it("has whom its stream names although they left, in each of the ways it can name them", async () => {
    const session_id = await newSession();
    const ways: Record<string, (client: TestClient) => Promise<unknown>> = {
      prompt: (client) => client.call("prompt.post", { session_id, content: "Go on" }),
      comment: (client) => client.call("comment.post", { session_id, content: "Well" }),
      log: (client) => client.call("log.post", { session_id, type: "info", message: "Seen" }),
      membership: async () => {},
    };
    for (const [way, speak] of Object.entries(ways)) {
      const { client, user_id } = await person();
      await owner.call("session.add_member", { session_id, user_id });
      await speak(client);
      client.close();
      await owner.call("session.remove_member", { session_id, user_id });
      expect((await idsIn({ session_id })).users, way).not.to.include(user_id);
      const asked = await idsIn({ session_id, user_ids: [user_id] });
      expect(asked.users, way).to.include(user_id);
    }

    const agent_ids = [await newAgent("Spoke"), await newAgent("Was charged")];
    await owner.call("session.update", { session_id, agent_ids });
    const [spoke, charged] = agent_ids as [string, string];
    await owner.call("message.post", { session_id, sender_agent_id: spoke, content: "Hm" });
    const note = { session_id, type: "info", message: "Late", agent_id: charged } as const;
    await owner.call("log.post", note);
    await owner.call("session.update", { session_id, agent_ids: [] });
    expect((await idsIn({ session_id })).agents).to.deep.equal([]);
    expect((await idsIn({ session_id, agent_ids })).agents).to.have.members(agent_ids);
  });

  it("has nobody whom only another session names", async () => {
    const other = await newSession();
    const { client, user_id } = await person();
    await owner.call("session.add_member", { session_id: other, user_id });
    await client.call("comment.post", { session_id: other, content: "Elsewhere" });
    const { sender_agent_id } = await client.call("message.post", {
      session_id: other,
      content: "As myself",
    });
    client.close();
    const session_id = await newSession();
    const none = [user_id, sender_agent_id, crypto.randomUUID()];
    expect(await idsIn({ session_id, user_ids: none, agent_ids: none })).to.deep.equal({
      users: [owner_id],
      agents: [],
    });
  });

  it("takes one id or several in a query, and no more than a hundred", async () => {
    const session_id = await newSession();
    const get = (ids: string[]) => {
      const query = ids.map((id) => `agent_ids=${id}`).join("&");
      return request(node.url, OWNER_TOKEN, `/sessions/${session_id}/roster?${query}`);
    };
    const { sender_agent_id } = await owner.call("message.post", { session_id, content: "Me" });
    const others = (count: number) => Array.from({ length: count }, () => crypto.randomUUID());
    for (const count of [0, 1, 99]) {
      const { status, body } = await get([...others(count), sender_agent_id]);
      expect(status).to.equal(200);
      expect(body).to.have.nested.property("agents[0].id", sender_agent_id);
    }
    const { body } = await get(others(101));
    expect(body).to.include({ code: "invalid_input" });
    expect(body).to.have.nested.property("details[0].path", "agent_ids");
  });
});
