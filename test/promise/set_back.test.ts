import { once } from "node:events";
import { expect } from "chai";
import pg from "pg";
import { connect, Follower } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";

/** What the database keeps of ten entries, or of fewer, when it is set back. */
const KEPT = 5;

describe("a database that is set back under running nodes", () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let looking: TestNode;
  /** They never look by themselves. */
  let told: [TestNode, TestNode];

  before(async () => {
    [database, redis] = await Promise.all([createDatabase(), startRedis()]);
    const env = { DATABASE_URL: database.url, REDIS_URL: redis.url };
    const rarely = { ...env, STREAM_POLL_MS: "60000" };
    [looking, ...told] = await Promise.all([startNode(env), startNode(rarely), startNode(rarely)]);
  });

  after(async () => {
    await Promise.all([looking, ...told].map((node) => node.stop()));
    await Promise.all([redis.stop(), database.drop()]);
  });

  /** A session with entries 1 to `count`, the text of each saying so. */
  async function newSession(node: TestNode, count: number) {
    const writer = await connect(node.url);
    const { id: session_id } = await writer.call("session.create", { title: "Set back" });
    const post = (content: string) => writer.call("comment.post", { session_id, content });
    const write = async (from: number, to: number, word: string) => {
      for (let n = from; n <= to; n += 1) await post(`${word} ${n}`);
    };
    await write(1, count, "old");
    return { session_id, write, close: () => writer.close() };
  }

  /** Loses what came after KEPT, as a restore does: PostgreSQL's triggers are not asked. */
  async function setBack(session_id: string): Promise<void> {
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query("SET session_replication_role = replica");
    await client.query("DELETE FROM comments WHERE session_id = $1 AND seq > $2", [
      session_id,
      KEPT,
    ]);
    await client.query("UPDATE sessions SET head_seq = $2 WHERE id = $1", [session_id, KEPT]);
    await client.end();
  }

  /** Somebody who follows from the beginning and has everything by now. */
  async function follow(node: TestNode, session_id: string, count: number) {
    const follower = await Follower.join(await connect(node.url), session_id, 0);
    const closed = new Promise<string>((resolve) =>
      follower.client.socket.once("closed", ({ reason }) => resolve(reason)),
    );
    await follower.reached(count);
    return { follower, closed };
  }

  /** What somebody is given who comes now. */
  async function textsOf(node: TestNode, session_id: string, count: number): Promise<unknown[]> {
    const { follower } = await follow(node, session_id, count);
    follower.client.close();
    return follower.entries.map((entry) => "content" in entry && entry.content);
  }

  const texts = (from: number, to: number, word: string) =>
    Array.from({ length: to - from + 1 }, (_, index) => `${word} ${from + index}`);

  it("tells followers that the stream has begun anew, and gives who comes what is stored", async () => {
    const session = await newSession(looking, 9);
    const { session_id } = session;
    const { follower, closed } = await follow(looking, session_id, 9);
    await setBack(session_id);
    expect(await closed).to.include("begun anew");
    const lost = `The database was set back: session ${session_id} has lost entries`;
    while (!looking.log().includes(lost)) await once(looking.process.stderr!, "data");
    expect(await textsOf(looking, session_id, KEPT)).to.deep.equal(texts(1, KEPT, "old"));
    await session.write(6, 11, "new");
    const now = [...texts(1, KEPT, "old"), ...texts(6, 11, "new")];
    expect(await textsOf(looking, session_id, 11)).to.deep.equal(now);
    follower.client.close();
    session.close();
  });

  it("does so on every node at the first entry that takes a number again", async () => {
    const session = await newSession(told[0], 9);
    const { session_id } = session;
    const followers = [await follow(told[0], session_id, 9), await follow(told[1], session_id, 9)];
    await setBack(session_id);
    await session.write(6, 11, "new");
    const now = [...texts(1, KEPT, "old"), ...texts(6, 11, "new")];
    for (const [index, { follower, closed }] of followers.entries()) {
      await closed;
      expect(follower.entries, "an entry that is not in its stream").to.have.length(9);
      expect(await textsOf(told[index]!, session_id, 11)).to.deep.equal(now);
      follower.client.close();
    }
    session.close();
  });

  it("gives nobody what was lost from memory where everybody had left", async () => {
    const session = await newSession(told[0], 9);
    const { session_id } = session;
    const { follower } = await follow(told[0], session_id, 9);
    await follower.client.call("session.leave", { session_id });
    await setBack(session_id);
    expect(await textsOf(told[0], session_id, KEPT)).to.deep.equal(texts(1, KEPT, "old"));
    await session.write(6, 11, "new");
    const now = [...texts(1, KEPT, "old"), ...texts(6, 11, "new")];
    expect(await textsOf(told[0], session_id, 11)).to.deep.equal(now);
    follower.client.close();
    session.close();
  });
});
