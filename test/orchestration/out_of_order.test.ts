import { randomUUID } from "node:crypto";
import { expect } from "chai";
import pg from "pg";
import { connect, Follower } from "../support/client.ts";
import { createDatabase } from "../support/database.ts";
import { startNode } from "../support/node.ts";
import { newBot } from "../support/people.ts";
import { eventsIn, makeTeam } from "../support/team.ts";

describe("deadlines", () => {
  it("are kept in every session, beside some in which nothing can be ended", async () => {
    const database = await createDatabase();
    const node = await startNode({ DATABASE_URL: database.url });
    const owner = await connect(node.url);

    // Turns in a session without a team, which no command would open.
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    const { agent_id } = await newBot(owner, "Nobody");
    for (let count = 0; count < 120; count += 1) {
      const { id } = await owner.call("session.create", { title: "Out of order" });
      await admin.query(
        `INSERT INTO turns (id, session_id, agent_id, purpose, round, status, opened_at, deadline_at)
         VALUES ($1, $2, $3, 'speak', 1, 'open', now(), now())`,
        [randomUUID(), id, agent_id],
      );
    }
    await admin.end();

    // After them, so that it would come after them in order too.
    const config = { turn_timeout_ms: 300, max_turns: 1 };
    const { session_id } = await makeTeam(owner, ["Ada"], { config });
    const follower = await Follower.join(await connect(node.url), session_id, 0);
    await owner.call("prompt.post", { session_id, content: "go" });
    while (eventsIn(follower.entries, "run.stopped").length === 0) {
      await follower.reached(follower.last + 1);
    }
    expect(eventsIn(follower.entries, "turn.closed")[0]!.data.status).to.equal("timed_out");

    follower.client.close();
    owner.close();
    await node.stop();
    await database.drop();
  });
});

describe("a room that is out of order", () => {
  it("fails alone, beside posts that are stored together with its own", async () => {
    const database = await createDatabase();
    const node = await startNode({ DATABASE_URL: database.url });
    const owner = await connect(node.url);
    const { session_id, agents } = await makeTeam(owner, ["Ada"]);
    const { id: elsewhere } = await owner.call("session.create", { title: "Elsewhere" });
    await owner.call("prompt.post", { session_id, content: "go" });
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    await admin.query("UPDATE runs SET state = '{}'"); // as no version of the server would leave it
    await admin.end();

    const bot = await connect(node.url, agents.get("Ada")!.token);
    const [own, ...others] = await Promise.all([
      bot.send("message.post", { session_id, content: "x" }),
      ...Array.from({ length: 50 }, (_, n) =>
        owner.send("comment.post", { session_id: elsewhere, content: `${n}` }),
      ),
    ]);
    expect(!own.ok && own.error.code).to.equal("internal");
    expect(others.filter(({ ok }) => !ok)).to.deep.equal([]);

    bot.close();
    owner.close();
    await node.stop();
    await database.drop();
  });
});
