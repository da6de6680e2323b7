import { expect } from "chai";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { eventsIn, makeTeam, sayOnce, TestBot } from "../support/team.ts";

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
    await until(follower, "run.stopped", 1);
    await owner.call("prompt.post", { session_id, content: "more" });
    await until(follower, "run.stopped", 2);

    const nameOf = new Map([...team.agents].map(([name, { agent_id }]) => [agent_id, name]));
    const speakers = follower.entries.flatMap((entry) =>
      entry.kind === "message" ? [nameOf.get(entry.sender_agent_id)] : [],
    );
    expect(speakers).to.deep.equal(["Ada", "Bob", "Cleo", "Ada", "Bob", "Cleo", "Ada", "Bob"]);
    const [stopped] = eventsIn(follower.entries, "run.stopped");
    expect(stopped!.type).to.equal("decision");
    expect(stopped!.data).to.include({ code: "max_turns", turns: 4, messages: 4 });
    expect((await owner.call("session.get", { session_id })).status).to.equal("completed");
    const { data: runs } = await owner.call("run.list", { session_id });
    expect(runs.map((run) => run.status)).to.deep.equal(["stopped", "stopped"]);
    follower.client.close();
  });

  /** Resolves when so many entries of an event have come. */
  async function until(follower: Follower, event: string, count: number): Promise<void> {
    while (eventsIn(follower.entries, event).length < count)
      await follower.reached(follower.last + 1);
  }
});
