import { expect } from "chai";
import type { Input } from "../../contract/commands.ts";
import type { CommandError, ErrorCode } from "../../contract/errors.ts";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";

const POSTS = 1000;
const SOCKETS = 8;
const ROUNDS = 25;

describe("posts with the same id", () => {
  let database: TestDatabase;
  let nodes: [TestNode, TestNode];
  /** Half of them on each node; all of them the owner's. */
  let clients: TestClient[];

  before(async function () {
    this.timeout(40_000);
    database = await createDatabase();
    // The first node owns the migrations' lock, and two at once would only wait for each other.
    nodes = [
      await startNode({ DATABASE_URL: database.url }),
      await startNode({ DATABASE_URL: database.url }),
    ];
    clients = await Promise.all(
      Array.from({ length: SOCKETS }, (_, index) => connect(nodes[index % 2]!.url)),
    );
  });

  after(async () => {
    for (const client of clients) client.close();
    await Promise.all(nodes.map((node) => node.stop()));
    await database.drop();
  });

  const open = async (title: string) => (await clients[0]!.call("session.create", { title })).id;
  const head = async (session_id: string) =>
    (await clients[0]!.call("session.get", { session_id })).head_seq;

  for (const { where, of } of [
    { where: "one node", of: (client: number) => client % 2 === 0 },
    { where: "two nodes", of: () => true },
  ]) {
    it(`store one entry when ${POSTS} race over ${where}`, async () => {
      const session_id = await open("Race");
      const id = crypto.randomUUID();
      const input = { session_id, content: "once", tool_call: { name: "f", args: [1] }, id };
      const sockets = clients.filter((_, index) => of(index));
      const started = performance.now();
      const replies = await Promise.all(
        Array.from({ length: POSTS }, (_, index) =>
          sockets[index % sockets.length]!.call("message.post", input),
        ),
      );
      const seconds = (performance.now() - started) / 1000;

      expect(replies.filter(({ duplicate }) => !duplicate)).to.have.length(1);
      const { entries } = await clients[0]!.call("stream.read", { session_id });
      expect(entries).to.have.length(1);
      for (const { duplicate, ...entry } of replies) expect(entry).to.deep.equal(entries[0]);
      expect(entries[0]).to.include({ id, seq: 1, content: "once" });
      expect(await head(session_id)).to.equal(1);
      console.log(`      ${POSTS} posts over ${sockets.length} sockets in ${seconds.toFixed(2)} s`);
    });
  }

  it("are refused as id_reused when anything differs: body, kind, actor, session", async () => {
    const [here, there] = [clients[0]!, clients[1]!];
    const session_id = await open("First");
    const other = await open("Second");
    const someone = await newUser(here, nodes[1]);
    await here.call("session.add_member", { session_id, user_id: someone.user_id });
    const before = await head(session_id);
    const id = crypto.randomUUID();
    const body = { session_id, content: "said", id };
    const { duplicate, ...stored } = await here.call("comment.post", body);
    expect(duplicate).to.equal(false);

    for (const client of [here, there]) {
      const refused = (code: ErrorCode, promise: Promise<unknown>) => expectRefused(promise, code);
      await refused("id_reused", client.call("comment.post", { ...body, content: "other" }));
      await refused("id_reused", client.call("comment.post", { ...body, session_id: other }));
      await refused("id_reused", client.call("prompt.post", body));
      await refused("id_reused", client.call("message.post", body));
      await refused(
        "id_reused",
        client.call("log.post", { session_id, type: "info", message: "said", id }),
      );
      // The same id in capitals is the same id.
      const capitals = await client.call("comment.post", { ...body, id: id.toUpperCase() });
      expect(capitals).to.deep.equal({ ...stored, duplicate: true });
    }
    await expectRefused(someone.client.call("comment.post", body), "id_reused");

    expect(await head(session_id)).to.equal(before + 1);
    expect(await head(other)).to.equal(0);
    someone.client.close();
  });

  it("into two sessions at once are stored in one, and their neighbours in both", async () => {
    const sessions = await Promise.all([open("Left"), open("Right")]);
    let left = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = crypto.randomUUID();
      const post = (side: number, input: Omit<Input<"comment.post">, "session_id">) =>
        clients[side]!.call("comment.post", { ...input, session_id: sessions[side]! }).then(
          () => "stored",
          (error: CommandError) => error.code,
        );
      const side = (at: number) =>
        Promise.all([
          post(at, { content: "before" }),
          post(at, { content: "shared", id }),
          post(at, { content: "after" }),
        ]);
      const [one, two] = await Promise.all([side(0), side(1)]);
      expect([one[0], one[2], two[0], two[2]]).to.deep.equal(Array(4).fill("stored"));
      expect([one[1], two[1]].sort()).to.deep.equal(["id_reused", "stored"]);
      if (one[1] === "stored") left += 1;
    }
    for (const session_id of sessions) {
      const { entries } = await clients[0]!.call("stream.read", { session_id, limit: 1000 });
      expect(entries.map(({ seq }) => seq)).to.deep.equal(entries.map((_, index) => index + 1));
    }
    const stored = await Promise.all(sessions.map(head));
    expect(stored[0]! + stored[1]!).to.equal(ROUNDS * 5);
    console.log(`      ${ROUNDS} races of two sessions on two nodes: ${left} : ${ROUNDS - left}`);
  });

  it("reach a follower once", async () => {
    const session_id = await open("Followed");
    const follower = await Follower.join(await connect(nodes[1].url), session_id, 0);
    const ids = Array.from({ length: 50 }, () => crypto.randomUUID());
    await Promise.all(
      clients.flatMap((client) =>
        ids.map((id) => client.call("comment.post", { session_id, content: "twice", id })),
      ),
    );
    await follower.reached(ids.length);
    await follower.client.call("me.get", {});
    expect(follower.seqs).to.deep.equal(ids.map((_, index) => index + 1));
    expect(follower.entries.map(({ id }) => id)).to.have.members(ids);
    follower.client.close();
  });
});

async function expectRefused(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  const outcome = await promise.then(
    () => "stored",
    (error: CommandError) => error.code,
  );
  expect(outcome).to.equal(code);
}

/** A person of the instance beside the owner, with a socket. */
async function newUser(
  owner: TestClient,
  node: TestNode,
): Promise<{ user_id: string; client: TestClient }> {
  const email = `${crypto.randomUUID()}@example.org`;
  const { id: user_id } = await owner.call("user.create", { email, name: "Someone" });
  const { token } = await owner.call("token.create", { name: "theirs", user_id });
  return { user_id, client: await connect(node.url, token) };
}
