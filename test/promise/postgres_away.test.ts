import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { Crowd } from "../support/crowd.ts";
import { startCluster, type TestCluster } from "../support/database.ts";
import { isReady, readiness } from "../support/health.ts";
import { sendHttp } from "../support/http.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { expectSame } from "../support/one_stream.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";

const ENTRIES = 8_000;
const AWAY_MS = 5_000;

describe("PostgreSQL away for 5 s", () => {
  let cluster: TestCluster;
  let redis: TestRedis;
  let nodes: [TestNode, TestNode];
  let crowd: Crowd;
  let clients: TestClient[];
  let session_id: string;

  before(async function () {
    this.timeout(60_000);
    [cluster, redis] = await Promise.all([startCluster(), startRedis()]);
    const env = { DATABASE_URL: cluster.url, REDIS_URL: redis.url };
    nodes = await Promise.all([startNode(env), startNode(env)]);
    crowd = await Crowd.gather(nodes, ENTRIES);
    clients = await Promise.all(nodes.map((node) => connect(node.url)));
    session_id = (await clients[0]!.call("session.create", { title: "Outage" })).id;
  });

  after(async function () {
    this.timeout(60_000);
    crowd.close();
    for (const client of clients) client.close();
    expect(await Promise.all(nodes.map((node) => node.stop()))).to.deep.equal([0, 0]);
    await Promise.all([redis.stop(), cluster.remove()]);
  });

  it("answers unavailable, keeps every connection, loses nothing acknowledged and recovers", async function () {
    this.timeout(120_000);
    const run = crowd.run();
    await crowd.seen(0.5);
    // Ten who are still reading their way from number 1 when it goes away.
    const latecomers = await Promise.all(
      Array.from({ length: 10 }, async (_, index) =>
        Follower.join(await connect(nodes[index % 2]!.url), crowd.session_ids[0]!, 0),
      ),
    );
    await cluster.stop();
    const behind = latecomers.filter((follower) => follower.last < ENTRIES / 4).length;
    const acknowledged = crowd.acknowledged.length;
    const over = pause(AWAY_MS).then(() => true);
    const waits: number[] = [];
    while (!(await Promise.race([over, pause(100)]))) {
      for (const attempt of attempts()) {
        const sent = performance.now();
        expect(await attempt()).to.equal("unavailable");
        waits.push(performance.now() - sent);
      }
      for (const node of nodes) {
        expect(await readiness(node)).to.deep.include({
          http: 503,
          status: "unavailable",
          parts: { database: "away", redis: "ok" },
        });
      }
    }
    await cluster.start();
    const started = performance.now();
    await Promise.all(nodes.map(isReady));
    const recovered = performance.now() - started;
    const seconds = await run;
    await crowd.expectOneStream(cluster.url);
    expect(acknowledged).to.be.above(0).and.below(ENTRIES);
    // Followers are listed in the order in which their joins were answered, which is any.
    const other = crowd.followers.find((one) => one.session_id === crowd.session_ids[0]);
    for (const follower of latecomers) {
      await follower.reached(ENTRIES / 2);
      expectSame(follower.entries, other!.entries, "a latecomer");
      expect(follower.client.socket.connected).to.equal(true);
      follower.client.close();
    }
    expect(crowd.lost).to.equal(0);
    expect(crowd.retries).to.be.above(0);
    expect(clients.every(({ socket }) => socket.connected)).to.equal(true);
    for (const node of nodes) {
      const lines = node.log().split("\n");
      expect(lines.filter((line) => line.includes("PostgreSQL is away"))).to.have.length(1);
      // A log that grows with every refused command would be the next outage.
      expect(lines.length).to.be.below(crowd.retries);
    }
    console.log(
      `      ${ENTRIES} entries in ${seconds.toFixed(1)} s; away after ${acknowledged}; ${waits.length} commands ` +
        `refused, the slowest after ${Math.max(...waits).toFixed(0)} ms; ready again after ${recovered.toFixed(0)} ms; ` +
        `${behind} of ${latecomers.length} latecomers were still behind`,
    );
  });

  it("and afterwards a revoked token ends its connections on every node at once", async function () {
    this.timeout(30_000);
    // The first may be found by the look around after the outage; the second only by listening.
    for (const name of ["first", "second"]) {
      const { id, token } = await clients[0]!.call("token.create", { name });
      const live = await Promise.all(nodes.map((node) => connect(node.url, token)));
      for (const client of live) await client.call("session.join", { session_id });
      const ended = live.map(({ socket }) => once(socket as never, "disconnect"));
      await clients[0]!.call("token.revoke", { token_id: id });
      expect(await Promise.all(ended)).to.deep.equal([
        ["io server disconnect", undefined],
        ["io server disconnect", undefined],
      ]);
    }
  });

  /** A post, a query and a change over a socket and over HTTP at each node, and a new connection. */
  function attempts(): (() => Promise<string>)[] {
    const commands = [
      ["comment.post", { session_id, content: "lost?" }],
      ["stream.read", { session_id }],
      ["session.update", { session_id, title: "Changed" }],
    ] as const;
    return nodes.flatMap(({ url }, index) => [
      ...commands.flatMap(([name, input]) => [
        async () => {
          const reply = await clients[index]!.send(name, input);
          return reply.ok ? "ok" : reply.error.code;
        },
        async () => {
          const { status, body } = await sendHttp(url, OWNER_TOKEN, name, input);
          expect(status).to.equal(503);
          return (body as { code: string }).code;
        },
      ]),
      () =>
        connect(url).then(
          () => "ok",
          (error: Error & { data?: { code: string } }) => error.data?.code ?? error.message,
        ),
    ]);
  }
});
