import { expect } from "chai";
import type { CommandName, Input, Output } from "../../contract/commands.ts";
import type { EffectiveTool } from "../../contract/tool.ts";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { sendHttp } from "../support/http.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { newBot, newPerson } from "../support/people.ts";
import { connectOwner } from "./world.ts";

const config = { limit: 10, engine: { name: "local", safe: true }, tags: ["a", "b"] };

describe("effective tools over HTTP", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;
  let agent_id: string;
  let team_id: string;

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    owner = (await connectOwner(node.url)).client;
  });

  after(async () => {
    owner.close();
    await node.stop();
    await database.drop();
  });

  beforeEach(async () => {
    agent_id = (await owner.call("agent.create", { name: "Ada", type: "assistant" })).id;
    team_id = (await owner.call("team.create", { name: "Crew", type: "round_robin" })).id;
    await owner.call("team.add_agent", { team_id, agent_id });
  });

  const newTool = async (name: string) =>
    (await owner.call("tool.create", { name, type: "api", config })).id;
  type Attachment = Pick<Input<"team.attach_tool">, "enabled" | "config_override">;
  const toAgent = (tool_id: string, how: Attachment = {}) =>
    owner.call("agent.attach_tool", { agent_id, tool_id, ...how });
  const toTeam = (tool_id: string, how: Attachment = {}) =>
    owner.call("team.attach_tool", { team_id, tool_id, ...how });

  async function get(name: CommandName, input: object): Promise<unknown> {
    const { status, body } = await sendHttp(node.url, OWNER_TOKEN, name, input);
    expect(status).to.equal(200);
    return (body as { data: unknown }).data;
  }
  const ofAgent = async (team?: string) => {
    const input = { agent_id, ...(team && { team_id: team }) };
    return (await get("agent.list_tools", input)) as EffectiveTool[];
  };
  /** The tools of each agent in a new session. */
  async function inSession(session: Omit<Input<"session.create">, "title">) {
    const { id: session_id } = await owner.call("session.create", { title: "Room", ...session });
    const rows = await get("session.list_tools", { session_id });
    return new Map(
      (rows as Output<"session.list_tools">["data"]).map((row) => [row.agent_id, row.tools]),
    );
  }
  const sources = (tools: EffectiveTool[] | undefined) =>
    tools?.map((tool) => [tool.name, ...tool.sources]);

  it("are the agent's own, its team's when that is asked for, and the session's in a session", async () => {
    const [own, shared, listed] = await Promise.all(["own", "shared", "listed"].map(newTool));
    await toAgent(own!);
    await toTeam(shared!);
    await toTeam(own!);
    expect(sources(await ofAgent())).to.deep.equal([["own", "agent"]]);
    expect(sources(await ofAgent(team_id))).to.deep.equal([
      ["own", "agent", "team"],
      ["shared", "team"],
    ]);
    const guest = await owner.call("agent.create", { name: "Guest", type: "custom" });
    const room = { team_id, agent_ids: [guest.id], tool_ids: [listed!, shared!] };
    const tools = await inSession(room);
    expect([...tools.keys()]).to.have.members([agent_id, guest.id]);
    expect(sources(tools.get(agent_id))).to.deep.equal([
      ["listed", "session"],
      ["own", "agent", "team"],
      ["shared", "team", "session"],
    ]);
    // A guest of the session is not in the team, and has nothing of it.
    expect(sources(tools.get(guest.id))).to.deep.equal([
      ["listed", "session"],
      ["shared", "session"],
    ]);
    expect((await ofAgent())[0]).to.deep.equal({
      tool_id: own,
      name: "own",
      description: "",
      type: "api",
      config,
      sources: ["agent"],
    });
  });

  it("are taken away by enabled: false, the agent's word over the team's, over the session's", async () => {
    const tool_id = await newTool("search");
    const rooms = () => inSession({ team_id, tool_ids: [tool_id] });
    await toTeam(tool_id, { enabled: false });
    expect(await ofAgent(team_id)).to.deep.equal([]);
    expect((await rooms()).get(agent_id)).to.deep.equal([]);
    await toAgent(tool_id);
    expect(sources(await ofAgent(team_id))).to.deep.equal([["search", "agent"]]);
    expect(sources((await rooms()).get(agent_id))).to.deep.equal([["search", "agent", "session"]]);
    await toTeam(tool_id, { enabled: true });
    await toAgent(tool_id, { enabled: false });
    expect(await ofAgent(team_id)).to.deep.equal([]);
    expect((await rooms()).get(agent_id)).to.deep.equal([]);
    await owner.call("agent.detach_tool", { agent_id, tool_id });
    expect(sources(await ofAgent(team_id))).to.deep.equal([["search", "team"]]);
  });

  it("have their config merged by RFC 7396: agent over team over tool, null removes a key", async () => {
    const tool_id = await newTool("search");
    await toTeam(tool_id, {
      config_override: {
        limit: 5,
        engine: { safe: null, name: "team" },
        tags: ["c"],
        new: { a: 1 },
      },
    });
    await toAgent(tool_id, {
      config_override: {
        limit: null,
        engine: { name: "agent", depth: { max: 2, min: null } },
        new: 7,
      },
    });
    const merged = { engine: { name: "agent", depth: { max: 2 } }, tags: ["c"], new: 7 };
    expect((await ofAgent(team_id))[0]?.config).to.deep.equal(merged);
    const tools = await inSession({ team_id, tool_ids: [tool_id] });
    expect(tools.get(agent_id)?.[0]?.config).to.deep.equal(merged);
    // Alone, the agent does not have what the team changed.
    expect((await ofAgent())[0]?.config).to.deep.equal({
      engine: { name: "agent", safe: true, depth: { max: 2 } },
      tags: ["a", "b"],
      new: 7,
    });
    expect((await owner.call("tool.get", { tool_id })).config).to.deep.equal(config);
  });

  it("do not come from a team that the agent is not in", async () => {
    const other = await owner.call("team.create", { name: "Others", type: "custom" });
    const input = { agent_id, team_id: other.id };
    const { body } = await sendHttp(node.url, OWNER_TOKEN, "agent.list_tools", input);
    expect(body).to.include({ code: "not_found", detail: "The agent is not in this team" });
  });

  it("are told with their config to nobody but the agent and its owner", async () => {
    const shared = { name: "Shared", type: "assistant", visibility: "instance" } as const;
    agent_id = (await owner.call("agent.create", shared)).id;
    await toAgent(await newTool("secret"));
    const open = { name: "public", type: "api", config, visibility: "instance" } as const;
    const { id } = await owner.call("tool.create", open);
    await toAgent(id, { config_override: { limit: 5 } });
    const { id: session_id } = await owner.call("session.create", {
      title: "R",
      agent_ids: [agent_id],
    });
    const person = await newPerson(owner);
    await owner.call("session.add_member", {
      session_id,
      user_id: person.user_id,
      role: "observer",
    });
    const other = await newBot(owner, "Another bot of the owner");
    await owner.call("session.update", { session_id, agent_ids: [agent_id, other.agent_id] });
    const bot = await connect(node.url, other.token);
    const client = await connect(node.url, person.token);
    const { data: alone } = await client.call("agent.list_tools", { agent_id });
    const inRoom = async (by: TestClient) =>
      (await by.call("session.list_tools", { session_id })).data.find(
        (row) => row.agent_id === agent_id,
      )!.tools;
    const told = (tools: EffectiveTool[]) => tools.map((tool) => [tool.name, tool.config]);
    const expected = [
      ["public", {}],
      ["secret", {}],
    ];
    expect(told(alone)).to.deep.equal(expected);
    expect(told(await inRoom(client))).to.deep.equal(expected);
    expect(told(await inRoom(bot))).to.deep.equal(expected);
    bot.close();
    expect(told(await ofAgent())).to.deep.equal([
      ["public", { ...config, limit: 5 }],
      ["secret", config],
    ]);

    await toTeam(id, { config_override: { limit: 5 } });
    await owner.call("team.update", { team_id, visibility: "instance" });
    const overrides = async (by: TestClient) =>
      (await by.call("team.list_tools", { team_id })).data.map((row) => row.config_override);
    expect(await overrides(client)).to.deep.equal([null]);
    expect(await overrides(owner)).to.deep.equal([{ limit: 5 }]);
    client.close();
  });
});
