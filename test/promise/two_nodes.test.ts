import { expect } from "chai";
import { connect } from "../support/client.ts";
import { Crowd } from "../support/crowd.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { Probe } from "../support/probe.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";

const ENTRIES = 20_000;

describe("two nodes and one Redis", () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let nodes: [TestNode, TestNode];
  let crowd: Crowd;

  before(async function () {
    this.timeout(60_000);
    [database, redis] = await Promise.all([createDatabase(), startRedis()]);
    const env = { DATABASE_URL: database.url, REDIS_URL: redis.url };
    nodes = await Promise.all([startNode(env), startNode(env)]);
    crowd = await Crowd.gather(nodes, ENTRIES);
  });

  after(async () => {
    crowd.close();
    expect(await Promise.all(nodes.map((node) => node.stop()))).to.deep.equal([0, 0]);
    await Promise.all([redis.stop(), database.drop()]);
  });

  it("give every subscriber the same entries in the same order, without gap or duplicate", async function () {
    this.timeout(120_000);
    const probe = await Probe.place(await connect(nodes[0].url), await connect(nodes[1].url));
    const run = crowd.run();
    const worst = await probe.measureUntil(run);
    const seconds = await run;
    probe.close();
    await crowd.expectOneStream(database.url);
    expect(crowd).to.include({ lost: 0, retries: 0 });
    const rate = Math.round(ENTRIES / seconds);
    console.log(
      `      ${ENTRIES} entries from 32 writers, all with 30 followers after ${seconds.toFixed(1)} s ` +
        `(${rate}/s); worst of ${worst.posts} delays meanwhile: local ${worst.local} ms, across ${worst.across} ms`,
    );
  });
});
