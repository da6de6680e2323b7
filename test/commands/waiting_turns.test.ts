import { expect } from "chai";
import type { Input } from "../../contract/commands.ts";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { newPerson } from "../support/people.ts";
import { makeTeam } from "../support/team.ts";

describe("the turns that wait for somebody", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;
  const clients: TestClient[] = [];

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    owner = await as();
  });

  after(async () => {
    for (const client of clients) client.close();
    await node.stop();
    await database.drop();
  });

  async function as(token?: string): Promise<TestClient> {
    const client = await connect(node.url, token);
    clients.push(client);
    return client;
  }
  async function person() {
    const { user_id, token } = await newPerson(owner);
    return { user_id, client: await as(token) };
  }
  const waitingFor = async (client: TestClient) =>
    (await client.call("me.list_turns", {})).data.map(({ purpose, session_title }) => [
      session_title,
      purpose,
    ]);
  const manual = { type: "custom", config: { strategy: "manual" } } as const;

  /** A session in which Ada and others have a turn each, to speak and to vote. */
  async function busy(title: string, names: string[], config: Input<"team.create">["config"] = {}) {
    const team = await makeTeam(owner, names, {
      ...manual,
      config: { ...manual.config, ...config },
    });
    const { session_id, team_id, agents } = team;
    await owner.call("session.update", { session_id, title });
    await owner.call("mechanism.create", { team_id, type: "democratic" });
    await owner.call("prompt.post", { session_id, content: "Go" });
    for (const { agent_id } of agents.values()) {
      await owner.call("turn.grant", { session_id, agent_id });
    }
    const question = { session_id, question: "Which?", options: ["left", "right"] };
    const { id: decision_id } = await owner.call("decision.open", question);
    return { ...team, decision_id };
  }

  it("are a bot's own in all its sessions, newest first, page by page", async () => {
    const first = await busy("First", ["Ada", "Bob"]);
    const { agent_id, token } = first.agents.get("Ada")!;
    const ada = await as(token);
    expect(await waitingFor(ada)).to.deep.equal([
      ["First", "ballot"],
      ["First", "speak"],
    ]);
    const second = await makeTeam(owner, [], manual);
    await owner.call("team.add_agent", { team_id: second.team_id, agent_id });
    await owner.call("prompt.post", { session_id: second.session_id, content: "Go" });
    await owner.call("turn.grant", { session_id: second.session_id, agent_id, task: "Count" });

    const page = await ada.call("me.list_turns", { limit: 1 });
    const { session_title, ...turn } = page.data[0]!;
    const filter = { session_id: second.session_id, status: "open" } as const;
    expect((await owner.call("turn.list", filter)).data).to.deep.equal([turn]);
    expect(session_title).to.equal("Room");
    const rest = await ada.call("me.list_turns", { limit: 2, cursor: page.next! });
    expect(rest.data.map(({ purpose }) => purpose)).to.deep.equal(["ballot", "speak"]);
    expect(rest.next).to.equal(null);
  });

  it("end with the answer, the vote, the pass and the session", async () => {
    const { session_id, decision_id, agents } = await busy("Ending", ["Ada", "Bob"]);
    const ada = await as(agents.get("Ada")!.token);
    const bob = await as(agents.get("Bob")!.token);
    await ada.call("message.post", { session_id, content: "Done" });
    expect(await waitingFor(ada)).to.deep.equal([["Ending", "ballot"]]);
    await ada.call("ballot.cast", { session_id, decision_id, choice: "left" });
    expect(await waitingFor(ada)).to.deep.equal([]);
    expect(await waitingFor(bob)).to.have.lengthOf(2);
    await owner.call("session.update", { session_id, status: "archived" });
    expect(await waitingFor(bob)).to.deep.equal([]);
  });

  it("are not those of an agent that left the session, or only listens", async () => {
    const { team_id, agents } = await busy("Left", ["Ada", "Bob"]);
    const [ada, bob] = [agents.get("Ada")!, agents.get("Bob")!];
    await owner.call("team.remove_agent", { team_id, agent_id: ada.agent_id });
    expect(await waitingFor(await as(ada.token))).to.deep.equal([]);
    const listening = { team_id, agent_id: bob.agent_id, role_in_team: "observer" };
    await owner.call("team.add_agent", listening);
    expect(await waitingFor(await as(bob.token))).to.deep.equal([]);
  });

  it("are a person's by the user_proxy agents they own, and not by their bots", async () => {
    const { client } = await person();
    const own = { visibility: "instance" } as const;
    const me = await client.call("agent.create", { name: "Me", type: "user_proxy", ...own });
    const bot = await client.call("agent.create", { name: "Bot", type: "assistant", ...own });
    const { team_id, session_id } = await makeTeam(owner, [], manual);
    for (const { id: agent_id } of [me, bot]) {
      await owner.call("team.add_agent", { team_id, agent_id });
    }
    await owner.call("prompt.post", { session_id, content: "Go" });
    for (const { id: agent_id } of [me, bot]) {
      await owner.call("turn.grant", { session_id, agent_id });
    }
    const { data } = await client.call("me.list_turns", {});
    expect(data.map(({ agent_id }) => agent_id)).to.deep.equal([me.id]);
    await owner.call("team.remove_agent", { team_id, agent_id: me.id });
    expect(await waitingFor(client)).to.deep.equal([]);
  });

  it("are a person's whom the team lets answer, by name or id, and theirs to answer", async () => {
    const [ann, ben, eve] = await Promise.all([person(), person(), person()]);
    const members = {
      Ada: { answerable_by: [ann.user_id, eve.user_id] },
      // Not a member's name: nobody answers by it.
      Zoe: { answerable_by: [ben.user_id] },
    };
    const { session_id, decision_id } = await busy("Lent", ["Ada", "Bob"], { members });
    // Eve is not in the session.
    for (const { user_id } of [ann, ben]) {
      await owner.call("session.add_member", { session_id, user_id });
    }
    expect(await waitingFor(ben.client)).to.deep.equal([]);
    expect(await waitingFor(eve.client)).to.deep.equal([]);
    const turns = (await ann.client.call("me.list_turns", {})).data;
    expect(turns.map(({ purpose }) => purpose)).to.deep.equal(["ballot", "speak"]);
    const { agent_id, id: turn_id } = turns[1]!;
    const refused = await ben.client.send("turn.pass", { session_id, turn_id });
    expect(refused).to.have.nested.property("error.code", "forbidden");
    await ann.client.call("turn.pass", { session_id, turn_id });
    const ballot = { session_id, decision_id, agent_id, choice: "left" };
    const stolen = await ben.client.send("ballot.cast", ballot);
    expect(stolen).to.have.nested.property("error.code", "forbidden");
    await ann.client.call("ballot.cast", ballot);
    expect(await waitingFor(ann.client)).to.deep.equal([]);

    const byId = await person();
    const team = await makeTeam(owner, ["Ada"], manual);
    const ada = team.agents.get("Ada")!.agent_id;
    await owner.call("session.add_member", { session_id: team.session_id, user_id: byId.user_id });
    const config = { ...manual.config, members: { [ada]: { answerable_by: [byId.user_id] } } };
    await owner.call("team.update", { team_id: team.team_id, config });
    await owner.call("prompt.post", { session_id: team.session_id, content: "Go" });
    await owner.call("turn.grant", { session_id: team.session_id, agent_id: ada });
    expect(await waitingFor(byId.client)).to.deep.equal([["Room", "speak"]]);
  });
});
