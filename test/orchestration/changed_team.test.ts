import { expect } from "chai";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { eventsIn, makeTeam, untilEvent } from "../support/team.ts";

describe("a run whose team becomes another", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;

  before(async function () {
    this.timeout(40_000);
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    owner = await connect(node.url);
  });

  after(async () => {
    owner.close();
    expect(await node.stop()).to.equal(0);
    expect(node.log()).not.to.include('"level":50');
    await database.drop();
  });

  it("ends its turns in time though its team is orchestrated by nobody any more", async () => {
    const { session_id, team_id } = await makeTeam(owner, ["Ada"], {
      config: { turn_timeout_ms: 300, on_timeout: "stop" },
    });
    const follower = await Follower.join(await connect(node.url), session_id, 0);
    await owner.call("prompt.post", { session_id, content: "go" });
    await owner.call("mechanism.create", { team_id, type: "democratic", config: {} });
    await owner.call("team.update", { team_id, type: "custom" });
    await untilEvent(follower, "run.stopped", 1);
    expect(eventsIn(follower.entries, "turn.closed")[0]!.data.status).to.equal("timed_out");
    follower.client.close();
  });

  it("may be stopped, and its session archived with its decisions, when nobody orchestrates the team", async () => {
    const { session_id, team_id } = await makeTeam(owner, ["Ada", "Bob"]);
    await owner.call("mechanism.create", { team_id, type: "democratic", config: {} });
    await owner.call("prompt.post", { session_id, content: "go" });
    const [run] = (await owner.call("run.list", { session_id })).data;
    const question = { session_id, question: "Which?", options: ["tea", "milk"] };
    await owner.call("decision.open", question);
    await owner.call("team.update", { team_id, type: "custom" });
    await owner.call("run.stop", { session_id, run_id: run!.id, now: true });
    await owner.call("team.update", { team_id, type: "round_robin" });
    const { id: decision_id } = await owner.call("decision.open", question);
    await owner.call("team.update", { team_id, type: "custom" });
    await owner.call("session.update", { session_id, status: "archived" });
    const { status } = await owner.call("decision.get", { session_id, decision_id });
    expect(status).to.equal("closed");
    expect((await owner.call("turn.list", { session_id, status: "open" })).data).to.deep.equal([]);
  });

  it("begins no run, and keeps nobody from speaking, when nobody orchestrates the team", async () => {
    const { session_id, team_id, agents } = await makeTeam(owner, ["Ada"]);
    const mechanism = { type: "democratic", config: {} } as const;
    await owner.call("mechanism.create", { team_id, ...mechanism });
    const asked = { session_id, question: "So?", options: ["yes", "no"] };
    const { id: decision_id } = await owner.call("decision.open", asked);
    await owner.call("team.update", { team_id, type: "custom" });
    const ada = await connect(node.url, agents.get("Ada")!.token);
    await ada.call("message.post", { session_id, content: "I may" });
    await owner.call("prompt.post", { session_id, content: "anything" });
    await owner.call("decision.close", { session_id, decision_id });
    await ada.call("message.post", { session_id, content: "and still" });
    expect((await owner.call("run.list", { session_id })).data).to.deep.equal([]);
    ada.close();
  });

  it("waits for nobody who has left, when nobody orchestrates the team", async () => {
    const { session_id, team_id, agents } = await makeTeam(owner, ["Ada", "Bob"]);
    const follower = await Follower.join(await connect(node.url), session_id, 0);
    await owner.call("prompt.post", { session_id, content: "go" });
    await owner.call("team.update", { team_id, type: "custom" });
    const [ada, bob] = ["Ada", "Bob"].map((name) => agents.get(name)!);
    const speak = async (token: string) => {
      const client = await connect(node.url, token);
      await client.call("message.post", { session_id, content: "done" });
      client.close();
    };
    await speak(ada!.token);
    await owner.call("team.remove_agent", { team_id, agent_id: ada!.agent_id });
    await speak(bob!.token);
    await untilEvent(follower, "turn.opened", 3);
    const { agent_id, deadline_at } = eventsIn(follower.entries, "turn.opened")[2]!.data;
    expect(agent_id).to.equal(ada!.agent_id);
    expect(deadline_at).to.be.a("string");
    const [run] = (await owner.call("run.list", { session_id })).data;
    await owner.call("run.stop", { session_id, run_id: run!.id, now: true });
    follower.client.close();
  });

  it("goes on without a member who is taken out of the team while it has the turn", async () => {
    const { session_id, team_id, agents } = await makeTeam(owner, ["Ada", "Bob"]);
    const follower = await Follower.join(await connect(node.url), session_id, 0);
    await owner.call("prompt.post", { session_id, content: "Go" });
    const { agent_id } = agents.get("Ada")!;
    await owner.call("team.remove_agent", { team_id, agent_id });
    await untilEvent(follower, "turn.opened", 2);
    const [closed] = eventsIn(follower.entries, "turn.closed");
    expect(closed!.data).to.include({ agent_id, status: "timed_out" });
    expect(eventsIn(follower.entries, "turn.opened")[1]!.data).to.include({
      agent_id: agents.get("Bob")!.agent_id,
    });
    const { data: runs } = await owner.call("run.list", { session_id });
    await owner.call("run.stop", { session_id, run_id: runs[0]!.id });
    follower.client.close();
  });

  it("goes on without the vote of a member who is made an observer while it is waited for", async () => {
    const { session_id, team_id, agents } = await makeTeam(owner, ["Ada", "Bob"]);
    const mechanism = { type: "democratic", config: { rule: "plurality" } } as const;
    await owner.call("mechanism.create", { team_id, ...mechanism });
    const follower = await Follower.join(await connect(node.url), session_id, 0);
    const asked = { session_id, question: "So?", options: ["yes", "no"] };
    const { id: decision_id } = await owner.call("decision.open", asked);
    const bob = await connect(node.url, agents.get("Bob")!.token);
    await bob.call("ballot.cast", { session_id, decision_id, choice: "no" });
    const { agent_id } = agents.get("Ada")!;
    await owner.call("team.add_agent", { team_id, agent_id, role_in_team: "observer" });
    await untilEvent(follower, "decision.closed", 1);
    expect(eventsIn(follower.entries, "decision.closed")[0]!.data.winner).to.equal("no");
    bob.close();
    follower.client.close();
  });
});
