import { expect } from "chai";
import type { Entry } from "../../contract/entry.ts";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";

describe("following a session", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    owner = await connect(node.url);
  });

  after(async () => {
    owner.close();
    await node.stop();
    await database.drop();
  });

  it("gives the backlog first and then what comes, in order and once", async () => {
    const session = await owner.call("session.create", { title: "Backlog" });
    const post = (content: string) =>
      owner.call("comment.post", { session_id: session.id, content });
    for (const content of ["one", "two", "three"]) await post(content);
    const follower = await Follower.join(await connect(node.url), session.id, 1);
    await Promise.all(Array.from({ length: 100 }, (_, index) => post(`live ${index}`)));
    await follower.reached(103);
    expect(follower.seqs).to.deep.equal(Array.from({ length: 102 }, (_, index) => index + 2));
    expect(follower.frames).to.be.below(50);
    follower.client.close();
  });

  it("gives the backlog also while answers to much else are on their way", async () => {
    const { id: session_id } = await owner.call("session.create", { title: "Busy" });
    await owner.call("comment.post", { session_id, content: "one" });
    for (let round = 0; round < 50; round += 1) {
      const client = await connect(node.url);
      const others = Array.from({ length: 8 }, () => client.call("session.get", { session_id }));
      const follower = await Follower.join(client, session_id, 0);
      await Promise.all([...others, follower.reached(1)]);
      client.close();
    }
  });

  it("has ended when it was begun and left in one go", async () => {
    const { id: session_id } = await owner.call("session.create", { title: "Brief" });
    const join = owner.call("session.join", { session_id });
    await owner.call("session.leave", { session_id });
    await join;
    const signal = await owner.send("typing.set", { session_id, typing: true });
    expect(signal).to.nested.include({ "error.code": "not_found" });
  });

  it("is as the last of the joins and leaves says that were sent in one go", async () => {
    const { id: session_id } = await owner.call("session.create", { title: "Restless" });
    const client = await connect(node.url);
    const join = (after: number) => client.call("session.join", { session_id, after });
    const leave = () => client.call("session.leave", { session_id });
    for (let seq = 1; seq <= 60; seq += 1) {
      await Promise.all([join(0), leave(), join(0), leave(), join(0), join(seq - 1)]);
      const next = new Promise<{ entries: Entry[] }>((resolve) =>
        client.socket.once("entries", resolve),
      );
      await owner.call("comment.post", { session_id, content: `${seq}` });
      expect((await next).entries.map((entry) => entry.seq)).to.deep.equal([seq]);
    }
    client.close();
  });

  it("knows a post again after the session was archived, and refuses new ones", async () => {
    const { id: session_id } = await owner.call("session.create", { title: "Archived" });
    const input = { session_id, content: "in time", id: crypto.randomUUID() };
    await owner.call("comment.post", input);
    await owner.call("session.update", { session_id, status: "archived" });
    expect(await owner.call("comment.post", input)).to.include({ seq: 1, duplicate: true });
    const late = await owner.send("comment.post", { ...input, id: crypto.randomUUID() });
    expect(late).to.nested.include({ "error.code": "session_closed" });
  });

  it("answers a post with the stored entry, and the same post again as a duplicate", async () => {
    const session = await owner.call("session.create", { title: "Twice" });
    const id = crypto.randomUUID();
    const input = { session_id: session.id, content: "hello", tool_call: { b: 1, a: [1, 2] }, id };
    const first = await owner.call("message.post", input);
    const second = await owner.call("message.post", input);
    expect(first).to.include({ id, seq: 1, content: "hello", duplicate: false });
    expect(second).to.deep.equal({ ...first, duplicate: true });
  });
});
