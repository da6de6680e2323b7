import { expect } from "chai";
import { Crowd } from "../support/crowd.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";

const ENTRIES = 20_000;

describe("a node killed half way", () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let survivor: TestNode;
  let victim: TestNode;
  let crowd: Crowd;

  before(async function () {
    this.timeout(60_000);
    [database, redis] = await Promise.all([createDatabase(), startRedis()]);
    const env = { DATABASE_URL: database.url, REDIS_URL: redis.url };
    [survivor, victim] = await Promise.all([startNode(env), startNode(env)]);
    crowd = await Crowd.gather([survivor, victim], ENTRIES);
  });

  after(async () => {
    crowd.close();
    expect(await survivor.stop()).to.equal(0);
    await victim.kill();
    await Promise.all([redis.stop(), database.drop()]);
  });

  it("costs no acknowledged entry, and retries with the same ids make no duplicate", async function () {
    this.timeout(120_000);
    const run = crowd.run();
    await crowd.seen(0.5);
    await victim.kill();
    const acknowledged = crowd.acknowledged.length;
    await crowd.repeat(crowd.acknowledged.slice(-200));
    const seconds = await run;
    await crowd.expectOneStream(database.url);
    expect(acknowledged).to.be.above(0).and.below(ENTRIES);
    expect(crowd.lost).to.be.above(0);
    expect(crowd.retries).to.be.above(0);
    console.log(
      `      ${ENTRIES} entries in ${seconds.toFixed(1)} s; killed after ${acknowledged}: ` +
        `${crowd.lost} connections lost, ${crowd.retries} posts and joins tried again`,
    );
  });
});
