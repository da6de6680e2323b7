import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { connect } from "../support/client.ts";
import { Crowd } from "../support/crowd.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { isReady, metric, readiness } from "../support/health.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { Probe } from "../support/probe.ts";
import { findRealRedis } from "../support/redis.ts";
import { startRedisCluster, type TestRedisCluster } from "../support/redis_cluster.ts";

const ENTRIES = 6_400;

describe("Redis Cluster", () => {
  const path = findRealRedis();
  if (path === null) {
    it("is NOT TESTED: there is no redis-server or valkey-server in PATH", () => {});
    return;
  }
  let database: TestDatabase;
  let cluster: TestRedisCluster;
  let env: Record<string, string>;
  /** Two nodes as they are, and one that looks for lost hints so rarely that only hints reach it. */
  let nodes: [TestNode, TestNode, TestNode];
  let crowd: Crowd;

  before(async function () {
    this.timeout(60_000);
    [database, cluster] = await Promise.all([createDatabase(), startRedisCluster(path)]);
    env = { DATABASE_URL: database.url, REDIS_URL: cluster.url };
    nodes = await Promise.all([
      startNode(env),
      startNode(env),
      startNode({ ...env, STREAM_POLL_MS: "60000" }),
    ]);
    await Promise.all(nodes.map(isReady));
  });

  after(async () => {
    crowd?.close();
    expect(await Promise.all(nodes.map((node) => node.stop()))).to.deep.equal([0, 0, 0]);
    await Promise.all([cluster.stop(), database.drop()]);
  });

  const placeOnlyHints = async () => {
    const [a, , deaf] = nodes;
    return Probe.place(await connect(a.url), await connect(deaf.url));
  };

  it("takes hints and signals to the nodes that follow, by one shard a session", async function () {
    this.timeout(60_000);
    const [a, , deaf] = nodes;
    const probes = await Promise.all(Array.from({ length: 20 }, placeOnlyHints));
    await Promise.all(probes.map((probe) => probe.measure()));
    const lost = () =>
      Promise.all(
        [a, deaf].flatMap((node) => [
          metric(node, "taskmaster_hints_lost_total"),
          metric(node, "taskmaster_signals_lost_total"),
        ]),
      );
    const lostBefore = await lost();
    await Promise.all(probes.map((probe) => probe.measure()));
    for (const { session_id, here, there } of probes.slice(0, 3)) {
      const typing = new Promise((resolve) => there.client.socket.once("typing", resolve));
      await here.client.call("typing.set", { session_id, typing: true });
      expect(await typing).to.include({ session_id, typing: true });
    }
    expect(await lost()).to.deep.equal(lostBefore);
    const calls = (command: string) =>
      Promise.all(cluster.shards.map((shard) => shard.calls(command)));
    // With 20 sessions it would be a wonder if a shard of three owned none of their channels.
    for (const count of await calls("spublish")) expect(count).to.be.above(0);
    expect(await calls("publish")).to.deep.equal([0, 0, 0]);
    for (const probe of probes) probe.close();
  });

  it("loses nothing and no order with a shard; its hints travel again when it is back", async function () {
    this.timeout(120_000);
    const [a, b] = nodes;
    crowd = await Crowd.gather([a, b], ENTRIES);
    const probe = await Probe.place(await connect(a.url), await connect(b.url));
    // So many that the shard that goes away has some of them.
    const probes = await Promise.all(Array.from({ length: 12 }, placeOnlyHints));
    const [shard] = cluster.shards;
    const run = crowd.run();
    await crowd.seen(0.25);
    await shard!.stop();
    const worst = await probe.measureUntil(pause(3_000));
    for (const one of probes) await one.here.reached(await one.post());
    expect(await metric(a, "taskmaster_hints_lost_total")).to.be.above(0);
    await shard!.start();

    // Posting goes on until hints have brought the node that does not poll up to date everywhere.
    for (const one of probes) {
      const arrived = one.there.reached(1).then(() => true);
      while (!(await Promise.race([arrived, pause(50)]))) await one.post();
    }
    const seconds = await run;
    await crowd.expectOneStream(database.url);
    expect(crowd).to.include({ lost: 0, retries: 0 });
    console.log(
      `      ${ENTRIES} entries in ${seconds.toFixed(1)} s; worst of ${worst.posts} delays with a ` +
        `shard away: local ${worst.local} ms, across ${worst.across} ms`,
    );
    probe.close();
    for (const one of probes) one.close();
  });

  it("gone as a whole: local delivery of entries and signals goes on, and a node starts", async function () {
    this.timeout(60_000);
    const [, , deaf] = nodes;
    await Promise.all(cluster.shards.map((shard) => shard.stop()));
    const node = await startNode(env);
    for (const alone of [deaf, node]) {
      const probe = await Probe.place(await connect(alone.url), await connect(alone.url));
      await probe.measure();
      const typing = new Promise((resolve) => probe.there.client.socket.once("typing", resolve));
      const { session_id } = probe;
      await probe.here.client.call("typing.set", { session_id, typing: true });
      await typing;
      while ((await readiness(alone)).parts.redis !== "away") await probe.post();
      probe.close();
    }
    expect(await node.stop()).to.equal(0);
    expect(node.log()).not.to.include('"level":50');

    await Promise.all(cluster.shards.map((shard) => shard.start()));
    await Promise.all(nodes.map(isReady));
    const onlyHints = await placeOnlyHints();
    await onlyHints.measure();
    onlyHints.close();
  });
});
