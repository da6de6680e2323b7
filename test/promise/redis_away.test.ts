import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import pino from "pino";
import { connectRedis } from "../../server/redis.ts";
import { connect } from "../support/client.ts";
import { Crowd } from "../support/crowd.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { isReady, metric, readiness } from "../support/health.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { Probe } from "../support/probe.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { startSilentProxy } from "../support/silent_proxy.ts";

const ENTRIES = 20_000;
const AWAY_MS = 5_000;

describe("Redis away", () => {
  let database: TestDatabase;
  let redis: TestRedis;
  /** Two nodes as they are, and one that looks for lost hints so rarely that only hints reach it. */
  let nodes: [TestNode, TestNode, TestNode];
  let crowd: Crowd;

  before(async function () {
    this.timeout(60_000);
    [database, redis] = await Promise.all([createDatabase(), startRedis({ own: true })]);
    const env = { DATABASE_URL: database.url, REDIS_URL: redis.url };
    nodes = await Promise.all([
      startNode(env),
      startNode(env),
      startNode({ ...env, STREAM_POLL_MS: "60000" }),
    ]);
  });

  after(async () => {
    crowd?.close();
    expect(await Promise.all(nodes.map((node) => node.stop()))).to.deep.equal([0, 0, 0]);
    await Promise.all([redis.stop(), database.drop()]);
  });

  it("for 5 s loses nothing and no order; local delivery goes on, and the poll crosses nodes", async function () {
    this.timeout(120_000);
    const [a, b, deaf] = nodes;
    crowd = await Crowd.gather([a, b], ENTRIES);
    const probe = await Probe.place(await connect(a.url), await connect(b.url));
    const onlyHints = await Probe.place(await connect(a.url), await connect(deaf.url));
    await onlyHints.measure();
    const run = crowd.run();
    await crowd.seen(0.25);

    const before = crowd.acknowledged.length;
    const lost = await metric(a, "taskmaster_hints_lost_total");
    await redis.stop();
    const over = pause(AWAY_MS);
    const parts = { database: "ok", redis: "away" };
    // Redis has ended, but a busy node may not have read yet that its connection was closed.
    while ((await readiness(a)).parts.redis !== "away");
    expect(await readiness(a)).to.deep.include({ http: 200, status: "ok", parts });
    const missed = await onlyHints.post();
    await onlyHints.here.reached(missed);
    const worst = await probe.measureUntil(over);
    const meanwhile = crowd.acknowledged.length - before;
    expect(onlyHints.there.last).to.be.below(missed);
    await redis.start();

    // Posting goes on until a hint has brought the node that does not poll up to date.
    const arrived = onlyHints.there.reached(missed).then(() => true);
    while (!(await Promise.race([arrived, pause(50)]))) await onlyHints.post();
    const seconds = await run;
    await crowd.expectOneStream(database.url);
    expect(crowd).to.include({ lost: 0, retries: 0 });
    expect(meanwhile).to.be.above(0);
    expect(worst.posts).to.be.above(0);
    expect(await metric(a, "taskmaster_hints_lost_total")).to.be.above(lost);
    expect(await metric(b, "taskmaster_hints_repaired_total")).to.be.above(0);
    console.log(
      `      ${ENTRIES} entries in ${seconds.toFixed(1)} s, ${meanwhile} of them without Redis; ` +
        `worst of ${worst.posts} delays meanwhile: local ${worst.local} ms, across ${worst.across} ms`,
    );
    probe.close();
    onlyHints.close();
  });

  it("hung instead of closed: posts are acknowledged and delivered locally, and it counts as away", async function () {
    this.timeout(60_000);
    const [a, , deaf] = nodes;
    await Promise.all(nodes.map(isReady));
    // At the node that does not poll, so that nothing but the commit itself delivers.
    const probe = await Probe.place(await connect(deaf.url), await connect(a.url));
    await probe.measure();
    redis.pause();
    const started = performance.now();
    let seq = 0;
    for (let posts = 0; posts < 200; posts += 1) seq = await probe.post();
    await probe.here.reached(seq);
    const seconds = (performance.now() - started) / 1000;
    await probe.there.reached(seq);
    // What is published meanwhile must not wait in memory for a Redis that does not read.
    while ((await readiness(deaf)).parts.redis !== "away") await probe.post();
    const newcomer = await Probe.place(await connect(deaf.url), await connect(a.url));
    await newcomer.measure();
    redis.resume();
    await Promise.all(nodes.map(isReady));
    probe.close();
    newcomer.close();
    console.log(`      200 posts one by one in ${seconds.toFixed(1)} s while Redis hung`);
  });

  it("silent on the connections that there are: it counts as away, and is listened to anew", async function () {
    this.timeout(60_000);
    const proxy = await startSilentProxy(redis.url);
    const logger = pino({ level: "silent" });
    const [here, there] = [connectRedis([proxy.url], logger), connectRedis([redis.url], logger)];
    let heard = false;
    here.channels.onMessage(() => {
      heard = true;
    });
    await Promise.all([here.channels.subscribe("news"), there.channels.subscribe("news")]);
    proxy.silence();
    let wasAway = false;
    while (!heard) {
      await there.channels.publish("news", "");
      wasAway ||= !here.isThere();
      await pause(20);
    }
    expect(wasAway).to.equal(true);
    here.close();
    there.close();
    await proxy.stop();
  });

  it("at the start: a node starts, serves and stops as if it were alone", async function () {
    this.timeout(60_000);
    await redis.stop();
    const node = await startNode({ DATABASE_URL: database.url, REDIS_URL: redis.url });
    const probe = await Probe.place(await connect(node.url), await connect(node.url));
    await probe.measure();
    expect((await readiness(node)).parts.redis).to.equal("away");
    expect(await node.stop()).to.equal(0);
    expect(node.log()).not.to.include('"level":50');
    probe.close();
  });
});
