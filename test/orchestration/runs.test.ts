import { randomUUID } from "node:crypto";
import { expect } from "chai";
import pg from "pg";
import type { Input } from "../../contract/commands.ts";
import type { JsonObject } from "../../contract/json.ts";
import type { LogEntry } from "../../contract/log_entry.ts";
import { recompute } from "../../server/orchestration/consensus/settle.ts";
import type { Outcome } from "../../server/orchestration/consensus/types.ts";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { newPerson } from "../support/people.ts";
import {
  eventsIn,
  makeTeam,
  type OpenedTurn,
  sayOnce,
  TestBot,
  untilEvent,
} from "../support/team.ts";

describe("a run", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;
  const bots: TestBot[] = [];

  before(async function () {
    this.timeout(40_000);
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    owner = await connect(node.url);
  });

  afterEach(() => {
    for (const bot of bots.splice(0)) bot.close();
  });

  after(async () => {
    owner.close();
    expect(await node.stop()).to.equal(0);
    expect(node.log()).not.to.include('"level":50');
    for (const line of node.log().split("\n").slice(0, -1)) expect(line).to.match(/^\{.*\}$/);
    await database.drop();
  });

  it("goes round the team in order and stops at max_turns; the next goes on where it stood", async () => {
    const team = await makeTeam(owner, ["Ada", "Bob", "Cleo"], { config: { max_turns: 4 } });
    const { session_id } = team;
    const follower = await Follower.join(await connect(node.url), session_id, 0);
    const say = sayOnce(session_id, () => "something");
    for (const name of ["Ada", "Bob", "Cleo"]) {
      bots.push(await TestBot.start(team, name, [node.url], 0, say));
    }
    await owner.call("prompt.post", { session_id, content: "go" });
    await untilEvent(follower, "run.stopped", 1);
    await owner.call("prompt.post", { session_id, content: "more" });
    await untilEvent(follower, "run.stopped", 2);

    const nameOf = new Map([...team.agents].map(([name, { agent_id }]) => [agent_id, name]));
    const speakers = follower.entries.flatMap((entry) =>
      entry.kind === "message" ? [nameOf.get(entry.sender_agent_id)] : [],
    );
    expect(speakers).to.deep.equal(["Ada", "Bob", "Cleo", "Ada", "Bob", "Cleo", "Ada", "Bob"]);
    const [stopped] = eventsIn(follower.entries, "run.stopped");
    expect(stopped!.type).to.equal("decision");
    expect(stopped!.data).to.include({ code: "max_turns", turns: 4, messages: 4 });
    // What a snapshot shows follows from the stream alone.
    const [, last] = eventsIn(follower.entries, "run.stopped");
    expect(last!.data.session_status).to.equal("completed");
    const { status, updated_at } = await owner.call("session.get", { session_id });
    expect({ status, updated_at }).to.deep.equal({
      status: "completed",
      updated_at: last!.created_at,
    });
    const { data: runs } = await owner.call("run.list", { session_id });
    expect(runs.map((run) => run.status)).to.deep.equal(["stopped", "stopped"]);
    follower.client.close();
  });

  it("ends a turn that nobody answers, and goes on with the next", async () => {
    const team = await makeTeam(owner, ["Ada", "Bob"], {
      config: { turn_timeout_ms: 300, on_timeout: { retry: 1 }, max_turns: 3 },
    });
    const { session_id } = team;
    const follower = await Follower.join(await connect(node.url), session_id, 0);
    bots.push(
      await TestBot.start(
        team,
        "Bob",
        [node.url],
        0,
        sayOnce(session_id, () => "here"),
      ),
    );
    await owner.call("prompt.post", { session_id, content: "go" });
    await untilEvent(follower, "run.stopped", 1);
    const statuses = eventsIn(follower.entries, "turn.closed").map(({ data }) => data.status);
    expect(statuses).to.deep.equal(["timed_out", "timed_out", "answered"]);
    follower.client.close();
  });

  it("stops at its timeout although nobody says anything", async () => {
    const { session_id } = await makeTeam(owner, ["Ada"], {
      termination_condition_type: "timeout",
      termination_condition_config: { timeout_ms: 300 },
    });
    const follower = await Follower.join(await connect(node.url), session_id, 0);
    await owner.call("prompt.post", { session_id, content: "go" });
    await untilEvent(follower, "run.stopped", 1);
    const [stopped] = eventsIn(follower.entries, "run.stopped");
    expect(stopped!.data).to.include({ code: "timeout", reason: "Timeout of 0.3 seconds reached" });
    expect(eventsIn(follower.entries, "turn.closed")[0]!.data.status).to.equal("cancelled");
    follower.client.close();
  });

  it("refuses a member without the turn, and lets others speak", async () => {
    const team = await makeTeam(owner, ["Ada", "Bob"]);
    const { session_id } = team;
    const bob = await connect(node.url, team.agents.get("Bob")!.token);
    const say = (client: TestClient) =>
      client.call("message.post", { session_id, content: "me too" }).then(
        () => "ok",
        (error) => error.code,
      );
    expect(await say(bob)).to.equal("not_your_turn");
    await owner.call("prompt.post", { session_id, content: "go" });
    expect(await say(bob)).to.equal("not_your_turn");
    expect(await say(owner)).to.equal("ok");
    bob.close();
  });

  it("is paused, resumed and stopped by people", async () => {
    const team = await makeTeam(owner, ["Ada", "Bob"]);
    const { session_id } = team;
    const ada = await connect(node.url, team.agents.get("Ada")!.token);
    await owner.call("prompt.post", { session_id, content: "go" });
    const run_id = (await owner.call("run.list", { session_id })).data[0]!.id;
    expect((await owner.call("run.pause", { session_id, run_id })).status).to.equal("paused");
    await ada.call("message.post", { session_id, content: "done" });
    const open = async () =>
      (await owner.call("turn.list", { session_id, status: "open" })).data.length;
    expect(await open()).to.equal(0);
    expect((await owner.call("run.resume", { session_id, run_id })).status).to.equal("active");
    expect(await open()).to.equal(1);
    expect((await owner.call("run.stop", { session_id, run_id })).status).to.equal("active");
    const stopped = await owner.call("run.stop", { session_id, run_id, now: true });
    expect(stopped).to.include({ status: "stopped" });
    expect(stopped.stop).to.include({ code: "stopped", turns: 1 });
    expect(await open()).to.equal(0);
    ada.close();
  });

  it("delegates down a hierarchy, and stops when the leader delegates to nobody", async () => {
    const team = await makeTeam(owner, ["Lead", "Ada", "Bob"], { type: "hierarchical" });
    const { session_id } = team;
    const follower = await Follower.join(await connect(node.url), session_id, 0);
    let led = 0;
    const lead = async (turn: OpenedTurn, client: TestClient) => {
      led += 1;
      const asks = ["Ada", "Bob"].map((agent) => ({ agent, task: `look, ${agent}` }));
      const tool_call = led === 1 ? { name: "delegate", arguments: asks, parallel: true } : null;
      await client.call("message.post", { session_id, id: turn.turn_id, content: "hm", tool_call });
    };
    bots.push(await TestBot.start(team, "Lead", [node.url], 0, lead));
    const report = sayOnce(session_id, ({ task }) => `did: ${task}`);
    for (const name of ["Ada", "Bob"]) {
      bots.push(await TestBot.start(team, name, [node.url], 0, report));
    }
    await owner.call("prompt.post", { session_id, content: "go" });
    await untilEvent(follower, "run.stopped", 1);
    const said = follower.entries.flatMap((one) => (one.kind === "message" ? [one.content] : []));
    expect(said.slice(1, 3)).to.have.members(["did: look, Ada", "did: look, Bob"]);
    expect(said).to.have.length(4);
    expect(eventsIn(follower.entries, "run.stopped")[0]!.data.code).to.equal("concluded");
    follower.client.close();
  });

  it("puts a leader's question to the team, whose outcome can be computed again", async () => {
    const team = await makeTeam(owner, ["Lead", "Ada", "Bob"], { type: "hierarchical" });
    const { session_id, team_id } = team;
    await owner.call("mechanism.create", {
      team_id,
      type: "democratic",
      config: { rule: "majority" },
    });
    const follower = await Follower.join(await connect(node.url), session_id, 0);
    const vote = (choice: string) => (turn: OpenedTurn, client: TestClient) =>
      client.call("ballot.cast", { session_id, decision_id: turn.decision_id!, choice });
    for (const name of ["Ada", "Bob"]) {
      bots.push(await TestBot.start(team, name, [node.url], 0, vote("tea")));
    }
    const lead = await connect(node.url, team.agents.get("Lead")!.token);
    await owner.call("prompt.post", { session_id, content: "what to drink?" });
    const question = { question: "What?", options: ["tea", "coffee"] };
    await lead.call("message.post", {
      session_id,
      content: "Let us vote",
      tool_call: { name: "decision.open", arguments: question },
    });
    await untilEvent(follower, "decision.closed", 1);
    const [{ data }] = eventsIn(follower.entries, "decision.closed") as [LogEntry];
    expect(data).to.include({ rule: "majority", winner: "tea", no_decision: false });
    const { winner, tally } = recompute(data as unknown as Outcome);
    expect({ winner, tally }).to.deep.equal({ winner: data.winner, tally: data.tally });
    // Two of three are a majority whatever the third says, so nobody waits for the leader's ballot.
    const turns = (await owner.call("turn.list", { session_id })).data;
    expect(
      turns.filter(({ status }) => status === "open").map(({ purpose }) => purpose),
    ).to.deep.equal(["speak"]);
    lead.close();
    follower.client.close();
  });

  it("adds up tokens and costs, and stops when they reach a limit", async () => {
    const team = await makeTeam(owner, ["Ada"], {
      termination_condition_type: "custom",
      termination_condition_config: { type: "cost", max_cost: "0.3" },
    });
    const { session_id } = team;
    const ada = await connect(node.url, team.agents.get("Ada")!.token);
    await owner.call("prompt.post", { session_id, content: "go" });
    const log = (type: "cost" | "token_usage", data: JsonObject) =>
      ada.call("log.post", { session_id, type, message: "One call", data });
    for (const amount of ["0.1", "0.20"]) {
      await log("token_usage", { model: "small", input: 10, cached_input: 5, output: 3 });
      await log("cost", { amount, currency: "USD" });
      await ada.call("message.post", { session_id, content: "on we go" });
    }
    const [run] = (await owner.call("run.list", { session_id })).data;
    expect(run!.stop).to.deep.include({
      code: "cost",
      reason: "Cost limit reached: 0.30 USD of 0.3",
      tokens: { input: 30, output: 6 },
      cost: { USD: "0.30" },
      turns: 2,
    });
    ada.close();
  });

  for (const [way, codes] of [
    ["queue", ["text_mention", "text_mention"]],
    ["interrupt", ["interrupted", "text_mention"]],
    ["steer", ["text_mention"]],
  ] as const) {
    it(`takes a prompt during a run as its team says: ${way}`, async () => {
      const team = await makeTeam(owner, ["Ada"], {
        config: { on_prompt: way },
        termination_condition_type: "text_mention",
        termination_condition_config: { text: "DONE", sources: ["Ada"] },
      });
      const { session_id } = team;
      const ada = await connect(node.url, team.agents.get("Ada")!.token);
      for (const content of ["first", "second"]) {
        await owner.call("prompt.post", { session_id, content });
      }
      for (let answers = 0; answers < codes.length; answers += 1) {
        await ada
          .call("message.post", { session_id, content: "DONE" })
          .catch((error) => expect(error.code).to.equal("not_your_turn"));
      }
      const { data } = await owner.call("run.list", { session_id });
      expect(data.map(({ stop }) => stop!.code).reverse()).to.deep.equal(codes);
      ada.close();
    });
  }

  it("lets those answer for a person whom the team names, and nobody else", async () => {
    const { id: agent_id } = await owner.call("agent.create", { name: "Olga", type: "user_proxy" });
    const people = await Promise.all([newPerson(owner), newPerson(owner)]);
    const team = await makeTeam(owner, [], {
      config: { members: { Olga: { answerable_by: [people[0].user_id] } }, max_turns: 1 },
    });
    const { session_id, team_id } = team;
    await owner.call("team.add_agent", { team_id, agent_id });
    for (const { user_id } of people) {
      await owner.call("session.add_member", { session_id, user_id });
    }
    await owner.call("prompt.post", { session_id, content: "May we?" });
    const codes: string[] = [];
    const answer = { session_id, sender_agent_id: agent_id, content: "yes", id: randomUUID() };
    for (const { token } of [people[1], people[0], people[0], people[1]]) {
      const client = await connect(node.url, token);
      codes.push(
        await client.call("message.post", answer).then(
          ({ duplicate }) => (duplicate ? "stored before" : "ok"),
          (error) => error.code,
        ),
      );
      client.close();
    }
    expect(codes).to.deep.equal(["forbidden", "ok", "stored before", "forbidden"]);
  });

  it("lets nobody answer for an agent of somebody else, whose owner may take it out of the team", async () => {
    const agent = { name: "Olga", type: "assistant", visibility: "instance" } as const;
    const { id: agent_id } = await owner.call("agent.create", agent);
    const stranger = await newPerson(owner);
    const client = await connect(node.url, stranger.token);
    const config = { members: { Olga: { answerable_by: [stranger.user_id] } }, max_turns: 1 };
    const { session_id, team_id } = await makeTeam(client, [], { config });
    await client.call("team.add_agent", { team_id, agent_id });
    await client.call("prompt.post", { session_id, content: "Speak" });
    const turns = await client.call("turn.list", { session_id, status: "open" });
    expect(turns.data.map((turn) => turn.agent_id)).to.deep.equal([agent_id]);
    expect((await client.call("me.list_turns", {})).data).to.deep.equal([]);
    const said = { session_id, sender_agent_id: agent_id, content: "I am Olga" };
    expect(await client.send("message.post", said)).to.nested.include({
      "error.code": "forbidden",
    });

    await owner.call("team.remove_agent", { team_id, agent_id });
    expect((await client.call("team.list_agents", { team_id })).data).to.deep.equal([]);
    client.close();
  });

  it("ends with its session's archiving, after which nothing is accepted", async () => {
    const { session_id } = await makeTeam(owner, ["Ada"]);
    await owner.call("prompt.post", { session_id, content: "go" });
    await owner.call("session.update", { session_id, status: "archived" });
    const [run] = (await owner.call("run.list", { session_id })).data;
    expect(run!.stop).to.include({ code: "stopped", reason: "The session was archived" });
    expect((await owner.call("session.get", { session_id })).status).to.equal("archived");
    const again = owner.call("prompt.post", { session_id, content: "go on" });
    expect(await again.catch((error) => error.code)).to.equal("session_closed");
  });

  it("hears a tool call by whatever name, and nobody else's post is refused for it", async () => {
    const { session_id, agents } = await makeTeam(owner, ["Ada"]);
    const { id: elsewhere } = await owner.call("session.create", { title: "Elsewhere" });
    await owner.call("prompt.post", { session_id, content: "go" });
    const bot = await connect(node.url, agents.get("Ada")!.token);
    const tool_call = { name: { toString: 1 } };
    const [odd, ...others] = await Promise.all([
      bot.send("message.post", { session_id, content: "x", tool_call }),
      ...Array.from({ length: 20 }, (_, n) =>
        owner.send("comment.post", { session_id: elsewhere, content: `${n}` }),
      ),
    ]);
    expect(odd.ok).to.equal(true);
    expect(others.filter(({ ok }) => !ok)).to.deep.equal([]);
    bot.close();
  });

  it("is told of by the server only, a round that is not decided included", async () => {
    const { session_id } = await makeTeam(owner, ["Ada"]);
    const posted = owner.call("log.post", {
      session_id,
      type: "decision",
      message: "Round 1 is not decided",
      data: { event: "round.undecided", round: 1 },
    });
    expect(await posted.catch((error) => error.code)).to.equal("invalid_input");
  });

  it("is refused where the team could not work, with the place", async () => {
    const refused = async (team: Partial<Input<"team.create">>) => {
      const reply = await owner.send("team.create", {
        name: "Crew",
        type: "hierarchical",
        ...team,
      });
      return reply.ok ? [] : reply.error.details?.map(({ path }) => path);
    };
    const loop = { Ada: "Bob", Bob: "Ada" };
    expect(await refused({ config: { reports_to: loop } })).to.deep.equal([
      "config.reports_to.Ada",
      "config.reports_to.Bob",
    ]);
    const termination_condition_config = { any: [{ type: "max_turns", max_turns: 0 }] };
    expect(
      await refused({ termination_condition_type: "custom", termination_condition_config }),
    ).to.deep.equal(["termination_condition_config.any.0.max_turns"]);
    const edges = [
      { from: "Ada", to: "Bob" },
      { from: "Bob", to: "Ada" },
    ];
    expect(await refused({ type: "custom", config: { strategy: "graph", edges } })).to.deep.equal([
      "config.edges",
    ]);
  });

  it("writes nothing of an earlier time than what came before, though another node's clock is ahead", async () => {
    const { session_id, agents } = await makeTeam(owner, ["Ada", "Bob"]);
    const { id } = await owner.call("comment.post", { session_id, content: "from the future" });
    const ahead = new Date(Date.now() + 60_000).toISOString();
    const other = new pg.Client(database.url);
    await other.connect();
    await other.query("UPDATE comments SET created_at = $1 WHERE id = $2", [ahead, id]);
    await other.end();
    await owner.call("prompt.post", { session_id, content: "Go" });
    const ada = await connect(node.url, agents.get("Ada")!.token);
    await ada.call("message.post", { session_id, content: "Hello" });
    const { data: turns } = await owner.call("turn.list", { session_id });
    const { entries } = await owner.call("stream.read", { session_id, after: 1 });
    const times = [...turns.map((turn) => turn.opened_at), ...entries.map((one) => one.created_at)];
    expect([...new Set(times)]).to.deep.equal([ahead]);
    ada.close();
  });

  it("goes on beside nodes of the next version, whose migrations have added columns", async () => {
    const newer = new pg.Client(database.url);
    await newer.connect();
    for (const table of ["runs", "turns", "decisions", "ballots"]) {
      await newer.query(`ALTER TABLE ${table} ADD COLUMN newer TEXT NOT NULL DEFAULT 'so'`);
    }
    const mechanism = { type: "democratic", config: { rule: "plurality" } } as const;
    const team = await makeTeam(owner, ["Ada"], { config: { max_turns: 1 } });
    await owner.call("mechanism.create", { team_id: team.team_id, ...mechanism });
    const { session_id } = team;
    await owner.call("prompt.post", { session_id, content: "Go" });
    const ada = await connect(node.url, team.agents.get("Ada")!.token);
    const asked = { session_id, question: "So?", options: ["yes", "no"] };
    const { id: decision_id } = await owner.call("decision.open", asked);
    await ada.call("ballot.cast", { session_id, decision_id, choice: "yes" });
    await ada.call("message.post", { session_id, content: "Done" });
    const [run] = (await owner.call("run.list", { session_id })).data;
    expect(run!.stop).to.include({ code: "max_turns" });
    ada.close();
    await newer.end();
  });
});
