import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { Redis } from "ioredis";
import pino from "pino";
import { connectRedis, type RedisLink } from "../../server/redis.ts";
import { connect } from "../support/client.ts";
import { Crowd } from "../support/crowd.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { isReady, metric, readiness } from "../support/health.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { Probe } from "../support/probe.ts";
import { findRealRedis, startRedis, type TestRedis } from "../support/redis.ts";
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

describe("what a node subscribes to", () => {
  if (findRealRedis() === null) {
    it("is NOT TESTED: there is no redis-server or valkey-server in PATH", () => {});
    return;
  }
  const logger = pino({ level: "silent" });
  let redis: TestRedis;
  let admin: Redis;
  let other: Redis;
  const links: RedisLink[] = [];

  beforeEach(async () => {
    redis = await startRedis({ own: true });
    [admin, other] = [new Redis(redis.url), new Redis(redis.url)];
    for (const client of [admin, other]) await client.on("error", () => {}).ping();
  });

  afterEach(async () => {
    for (const link of links.splice(0)) link.close();
    for (const client of [admin, other]) client.disconnect();
    await redis.stop();
  });

  const link = (url = redis.url) => {
    const made = connectRedis([url], logger);
    links.push(made);
    return made;
  };
  const untilThere = async (one: RedisLink) => {
    while (!one.isThere()) await pause(10);
  };
  /** Resolves when something arrives that is said on a channel. */
  const arrival = (one: RedisLink, wanted: string) =>
    new Promise<void>((resolve) => {
      one.channels.onMessage((channel) => channel === wanted && resolve());
    });
  /** What Redis counted of a command, such as "calls" and "rejected_calls". */
  const counted = async (command: string): Promise<Record<string, number>> => {
    const info = await admin.info("commandstats");
    const line = info.split("\r\n").find((one) => one.startsWith(`cmdstat_${command}:`)) ?? ":";
    const figures = line.slice(line.indexOf(":") + 1).split(",");
    return Object.fromEntries(figures.map((figure) => figure.split("=")).map(([k, v]) => [k, +v!]));
  };

  it("arrives though Redis refused it, as it does while it runs a long script", async () => {
    const here = link();
    await here.channels.subscribe("before");
    await admin.config("SET", "busy-reply-threshold", "10");
    const script = admin.eval("while true do end", 0).catch(() => {});
    const isBusy = () =>
      here.channels.publish("nobody", "").then(
        () => false,
        () => true,
      );
    while (!(await isBusy()));
    const subscribed = here.channels.subscribe("news");
    here.channels.unsubscribe("before");
    // By then Redis has read, and refused, what was sent before.
    await isBusy();
    await other.call("SCRIPT", "KILL");
    await script;
    await subscribed;
    for (const command of ["subscribe", "unsubscribe"]) {
      expect((await counted(command)).rejected_calls, command).to.be.above(0);
    }
    const heard = async (channel: string) => (await admin.pubsub("NUMSUB", channel))[1];
    while ((await heard("before")) !== 0) await pause(10);
    expect(await heard("news")).to.equal(1);
    const arrived = arrival(here, "news");
    await other.publish("news", "");
    await arrived;
  });

  it("arrives though Redis let nobody in when it was asked for", async () => {
    await admin.config("SET", "requirepass", "another");
    const here = link(redis.url.replace("://", "://:right@"));
    const subscribed = here.channels.subscribe("news");
    while (!(await admin.info("errorstats")).includes("WRONGPASS")) await pause(10);
    await admin.config("SET", "requirepass", "right");
    await subscribed;
    const arrived = arrival(here, "news");
    await admin.publish("news", "");
    await arrived;
  });

  it("is asked for again when Redis is back, and nothing else of what was wanted meanwhile", async () => {
    const here = link();
    await here.channels.subscribe("before");
    await redis.stop();
    while (here.isThere()) await pause(10);
    for (let n = 0; n < 1_000; n += 1) {
      const left = here.channels.subscribe(`left-${n}`);
      here.channels.unsubscribe(`left-${n}`);
      await left;
    }
    const meanwhile = here.channels.subscribe("meanwhile");
    await redis.start();
    await meanwhile;
    await untilThere(here);
    for (const channel of ["before", "meanwhile"]) {
      const arrived = arrival(here, channel);
      await admin.publish(channel, "");
      await arrived;
    }
    expect((await counted("subscribe")).calls).to.be.below(20);
    expect((await counted("unsubscribe")).calls ?? 0).to.be.below(20);
  });
});
