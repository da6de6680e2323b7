import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { v5 } from "uuid";
import { Client } from "../../client/index.ts";
import type { Entry } from "../../contract/entry.ts";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { programOf } from "../support/programs.ts";
import { eventsIn, makeTeam } from "../support/team.ts";

const TURNS = 24;
const places = ["taken", "sent", "acknowledged"];

describe("a bot that is killed again and again", function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;
  let watcher: Client;
  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    owner = await connect(node.url);
    watcher = new Client({ url: node.url, token: OWNER_TOKEN });
  });
  after(async () => {
    watcher.close();
    owner.close();
    await node.stop();
    await database.drop();
  });

  it("answers every turn, and none twice", async () => {
    const { session_id, agents } = await makeTeam(owner, ["Ada", "Bob"], {
      termination_condition_type: "max_turns",
      termination_condition_config: { max_turns: TURNS },
    });
    let over = false;
    let killed = 0;
    const alive = new Set<ChildProcess>();
    const keepAlive = async (token: string) => {
      for (let life = 0; !over; life += 1) {
        const env = { ...process.env, NODE_OPTIONS: "", TASKMASTER_URL: node.url };
        const bot = spawn(process.execPath, [programOf("test/client/dying_bot.ts")], {
          env: { ...env, TASKMASTER_TOKEN: token, DIES: places[life % places.length] },
          stdio: "inherit",
        });
        alive.add(bot);
        const [, signal] = await once(bot, "exit");
        expect(signal).to.equal("SIGKILL");
        alive.delete(bot);
        if (!over) killed += 1;
      }
    };
    const lives = [...agents.values()].map(({ token }) => keepAlive(token));
    await owner.call("prompt.post", { session_id, content: "Go" });

    const entries: Entry[] = [];
    for await (const entry of watcher.session(session_id).entries({ after: 0 })) {
      entries.push(entry);
      if (entry.kind === "log_entry" && entry.data.event === "run.stopped") break;
    }
    over = true;
    for (const bot of alive) bot.kill("SIGKILL");
    await Promise.all(lives);

    const opened = eventsIn(entries, "turn.opened").map(({ data }) => data.turn_id as string);
    const closed = eventsIn(entries, "turn.closed");
    expect(opened).to.have.length(TURNS);
    expect(closed.map(({ data }) => data.status)).to.deep.equal(opened.map(() => "answered"));
    const messages = entries.filter((entry) => entry.kind === "message");
    expect(messages.map(({ id }) => id)).to.deep.equal(opened.map((id) => v5("answer", id)));
    for (const [place, { content }] of messages.entries()) {
      expect(content).to.match(new RegExp(`in turn ${opened[place]}$`));
    }
    console.log(`      ${TURNS} turns answered once each by bots that were killed ${killed} times`);
  });
});
