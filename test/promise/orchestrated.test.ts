import { randomUUID } from "node:crypto";
import { expect } from "chai";
import pg from "pg";
import { CommandError } from "../../contract/errors.ts";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import {
  eventsIn,
  makeTeam,
  type OpenedTurn,
  sayOnce,
  TestBot,
  type TestTeam,
} from "../support/team.ts";

const TURNS = 200;
const TURNS_A_KILL = 20;
const ROUNDS = 3;
const VOTERS = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gus"];

describe("orchestration on two nodes", () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let nodes: TestNode[];
  /** Of the nodes, as they are now: a node that starts again listens on another port. */
  let urls: string[];
  let tables: pg.Client;
  const bots: TestBot[] = [];

  before(async function () {
    this.timeout(60_000);
    [database, redis] = await Promise.all([createDatabase(), startRedis()]);
    nodes = [await start(), await start()];
    urls = nodes.map(({ url }) => url);
    tables = new pg.Client(database.url);
    await tables.connect();
  });

  afterEach(async function () {
    this.timeout(30_000);
    for (const bot of bots.splice(0)) bot.close();
    await restarted;
  });

  after(async () => {
    expect(await Promise.all(nodes.map((node) => node.stop()))).to.deep.equal([0, 0]);
    await tables.end();
    await Promise.all([redis.stop(), database.drop()]);
  });

  const start = () => startNode({ DATABASE_URL: database.url, REDIS_URL: redis.url });

  let restarted: Promise<unknown> = Promise.resolve();
  let kills = 0;
  /** Ends a node at once, and starts it again in the background; never two at the same time. */
  function killOne(): Promise<void> {
    const index = Math.floor(Math.random() * 2);
    const killed = restarted.then(() => nodes[index]!.kill());
    restarted = killed.then(start).then((node) => {
      nodes[index] = node;
      urls[index] = node.url;
    });
    kills += 1;
    return killed;
  }

  /** Does something over one node, and again over the other while nodes come and go. */
  async function insist<Result>(attempt: (client: TestClient) => Promise<Result>): Promise<Result> {
    for (let node = 0; ; node += 1) {
      try {
        const client = await connect(urls[node % 2]!);
        return await attempt(client).finally(client.close);
      } catch (error) {
        if (error instanceof CommandError && error.code !== "unavailable") throw error;
        await restarted;
      }
    }
  }

  /** Sets off a run, whose first answer may kill the node before it replies. */
  async function prompt({ session_id }: TestTeam, content: string): Promise<void> {
    const id = randomUUID();
    await insist((client) => client.call("prompt.post", { session_id, content, id }));
  }

  /** All entries of a session, once so many of an event are there. */
  const streamUntil = ({ session_id }: TestTeam, event: string, count: number) =>
    insist(async (client) => {
      const lost = new Promise<never>((_, reject) =>
        client.socket.once("disconnect", () => reject(new Error("The node was killed"))),
      );
      lost.catch(() => {});
      const follower = await Follower.join(client, session_id, 0);
      while (eventsIn(follower.entries, event).length < count) {
        await Promise.race([follower.reached(follower.last + 1), lost]);
      }
      return follower.entries;
    });

  it(`gives ${TURNS} turns once each and in order, while nodes are killed again and again`, async function () {
    this.timeout(180_000);
    const owner = await connect(urls[0]!);
    const names = ["Ada", "Bob", "Cleo"];
    const team = await makeTeam(owner, names, { config: { max_turns: TURNS } });
    const { session_id } = team;
    const seen = new Set<string>();
    const say = sayOnce(session_id, () => `answer ${seen.size}`);
    const answer = async (turn: OpenedTurn, client: TestClient) => {
      const isNew = !seen.has(turn.turn_id);
      seen.add(turn.turn_id);
      if (isNew && seen.size % TURNS_A_KILL === 0) await killOne();
      return say(turn, client);
    };
    for (const [index, name] of names.entries()) {
      bots.push(await TestBot.start(team, name, urls, index, answer));
    }
    const started = performance.now();
    await prompt(team, "go");
    const entries = await streamUntil(team, "run.stopped", 1);
    const seconds = (performance.now() - started) / 1000;

    const opened = eventsIn(entries, "turn.opened").map(({ data }) => data.turn_id);
    const closed = eventsIn(entries, "turn.closed");
    expect(opened).to.have.length(TURNS);
    expect(closed.map(({ data }) => data.turn_id)).to.deep.equal(opened);
    expect(new Set(opened).size).to.equal(TURNS);
    const ids = names.map((name) => team.agents.get(name)!.agent_id);
    const messages = entries.filter((entry) => entry.kind === "message");
    expect(messages.map(({ sender_agent_id }) => sender_agent_id)).to.deep.equal(
      Array.from({ length: TURNS }, (_, turn) => ids[turn % ids.length]),
    );
    expect(closed.map(({ data }) => data.message_id)).to.deep.equal(messages.map(({ id }) => id));
    expect(eventsIn(entries, "run.stopped")[0]!.data).to.include({
      code: "max_turns",
      turns: TURNS,
    });
    const { rows } = await tables.query(
      "SELECT status, count(*)::int FROM turns WHERE session_id = $1 GROUP BY status",
      [session_id],
    );
    expect(rows).to.deep.equal([{ status: "answered", count: TURNS }]);
    expect(kills).to.be.above(5);
    console.log(`      ${TURNS} turns in ${seconds.toFixed(1)} s, ${kills} nodes killed meanwhile`);
    owner.close();
  });

  it("asks eight at once and lets them decide each round, although one never answers", async function () {
    this.timeout(180_000);
    const before = kills;
    const owner = await connect(urls[0]!);
    const team = await makeTeam(owner, [...VOTERS, "Silent"], {
      type: "broadcast",
      config: { rounds: ROUNDS, turn_timeout_ms: 10_000 },
    });
    const { session_id, team_id } = team;
    const config = { rule: "majority" };
    await owner.call("mechanism.create", { team_id, type: "democratic", config });
    const say = sayOnce(session_id, ({ agent_id }) => (agent_id < middle ? "low" : "high"));
    const middle = [...team.agents.values()].map(({ agent_id }) => agent_id).sort()[3]!;
    const seen = new Set<string>();
    const answer = async (turn: OpenedTurn, client: TestClient) => {
      if (turn.purpose === "speak") {
        const isNew = !seen.has(turn.turn_id);
        seen.add(turn.turn_id);
        if (isNew && seen.size % VOTERS.length === 3) await killOne();
        return say(turn, client);
      }
      const ballot = { session_id, decision_id: turn.decision_id!, choice: "high" };
      await client.call("ballot.cast", ballot);
    };
    for (const [index, name] of VOTERS.entries()) {
      bots.push(await TestBot.start(team, name, urls, index, answer));
    }
    await prompt(team, "high or low?");
    const entries = await streamUntil(team, "run.stopped", 1);

    const turns = eventsIn(entries, "turn.closed").filter(({ data }) => data.purpose === "speak");
    const silent = team.agents.get("Silent")!.agent_id;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const own = turns.filter(({ data }) => data.round === round);
      expect(own).to.have.length(VOTERS.length + 1);
      expect(new Set(own.map(({ agent_id }) => agent_id)).size).to.equal(own.length);
      for (const { agent_id, data } of own) {
        expect(data.status).to.equal(agent_id === silent ? "timed_out" : "answered");
      }
    }
    const decisions = eventsIn(entries, "decision.closed");
    expect(decisions.map(({ data }) => data.winner)).to.deep.equal(Array(ROUNDS).fill("high"));
    const ballots = eventsIn(entries, "ballot.cast").map(
      ({ data }) => `${data.decision_id} ${data.agent_id}`,
    );
    expect(new Set(ballots).size).to.equal(ballots.length);
    expect(eventsIn(entries, "run.stopped")[0]!.data.code).to.equal("rounds");
    console.log(
      `      ${ROUNDS} rounds, ${ballots.length} ballots, ${kills - before} nodes killed meanwhile`,
    );
    owner.close();
  });

  it("keeps a person's turn over a restart of every node, and takes one answer of two", async function () {
    this.timeout(60_000);
    let owner = await connect(urls[0]!);
    const { id: agent_id } = await owner.call("agent.create", { name: "Olga", type: "user_proxy" });
    const team = await makeTeam(owner, ["Ada"], { config: { turn_timeout_ms: 60_000 } });
    const { session_id, team_id } = team;
    await owner.call("team.add_agent", { team_id, agent_id, position: 0 });
    const ada = team.agents.get("Ada")!;
    await owner.call("team.add_agent", { team_id, agent_id: ada.agent_id, position: 1 });
    await owner.call("prompt.post", { session_id, content: "May we?" });
    owner.close();
    await Promise.all(nodes.map((node) => node.kill()));
    nodes = [await start(), await start()];
    nodes.forEach((node, index) => {
      urls[index] = node.url;
    });

    owner = await connect(urls[0]!);
    const other = await connect(urls[1]!);
    const open = async () =>
      (await owner.call("turn.list", { session_id, status: "open" })).data.map(
        (turn) => turn.agent_id,
      );
    expect(await open()).to.deep.equal([agent_id]);
    const answers = await Promise.all(
      [owner, other].map((client, index) =>
        client
          .call("message.post", {
            session_id,
            sender_agent_id: agent_id,
            content: `answer ${index}`,
          })
          .then(
            () => "ok",
            (error) => error.code,
          ),
      ),
    );
    expect(answers).to.have.members(["ok", "conflict"]);
    expect(await open()).to.deep.equal([ada.agent_id]);
    owner.close();
    other.close();
  });
});
