import { expect } from "chai";
import pg from "pg";
import type { Entry } from "../../contract/entry.ts";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { digestOf } from "../support/digest.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { postComments } from "../support/posting.ts";

const BACKLOG = 50_000;
/** Entries posted at a time, again and again until everybody has the backlog. */
const CHUNK = 500;
const JOINERS = 4;

describe("joining a long session at its beginning", () => {
  let database: TestDatabase;
  let node: TestNode;
  let writers: TestClient[];

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    writers = await Promise.all(Array.from({ length: 4 }, () => connect(node.url)));
  });

  after(async () => {
    for (const writer of writers) writer.close();
    await node.stop();
    await database.drop();
  });

  it("gives all of it in order and once while more is posted, and ends live", async function () {
    this.timeout(60_000);
    const owner = writers[0]!;
    const session_id = (await owner.call("session.create", { title: "Long" })).id;
    const { id: user_id } = await owner.call("me.get", {});
    await fill(database.url, session_id, user_id);

    let joining = true;
    let posted = 0;
    const posting = (async () => {
      while (joining) {
        await postComments(writers, session_id, CHUNK, (number) => `live ${posted + number}`);
        posted += CHUNK;
      }
    })();
    const clients = await Promise.all(Array.from({ length: JOINERS }, () => connect(node.url)));
    const started = performance.now();
    const joiners = await Promise.all(
      clients.map((client) => Follower.join(client, session_id, 0)),
    );
    await Promise.all(joiners.map((joiner) => joiner.reached(BACKLOG)));
    const backlog = (performance.now() - started) / 1000;
    joining = false;
    await posting;
    const head = BACKLOG + posted;
    await Promise.all(joiners.map((joiner) => joiner.reached(head)));
    const seconds = (performance.now() - started) / 1000;

    const all = Array.from({ length: head }, (_, index) => index + 1);
    for (const joiner of joiners) expect(joiner.seqs).to.deep.equal(all);
    const digests = joiners.map((joiner) => digestOf(joiner.entries));
    expect(new Set(digests.map(({ hash }) => hash)).size, "different streams").to.equal(1);
    expect(digestOf(await readAll(owner, session_id))).to.deep.equal(digests[0]);

    // Only who stands at the delivered point is in the room that signals go to.
    const typing = Promise.all(
      joiners.map(({ client }) => new Promise((resolve) => client.socket.once("typing", resolve))),
    );
    const follower = await Follower.join(owner, session_id, head);
    await owner.call("typing.set", { session_id, typing: true });
    expect(await typing).to.deep.equal(joiners.map(() => ({ session_id, user_id, typing: true })));
    await owner.call("comment.post", { session_id, content: "the last" });
    await Promise.all([...joiners, follower].map((joiner) => joiner.reached(head + 1)));
    for (const { entries, client } of joiners) {
      expect(entries.length).to.equal(head + 1);
      client.close();
    }
    console.log(
      `      ${JOINERS} joined ${BACKLOG} entries: all of them after ${backlog.toFixed(1)} s, ` +
        `live after ${seconds.toFixed(1)} s with ${posted} posted meanwhile`,
    );
  });
});

/** Makes a history faster than by posting, in the form in which the server stores comments. */
async function fill(url: string, session_id: string, user_id: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(
      `WITH history AS (
         INSERT INTO comments (id, session_id, user_id, content, seq, created_at)
         SELECT gen_random_uuid(), $1, $2, 'old ' || seq, seq,
                date_trunc('milliseconds', now()) - ($3 + 1 - seq) * interval '1 second'
           FROM generate_series(1, $3) AS seq)
       UPDATE sessions SET head_seq = $3 WHERE id = $1`,
      [session_id, user_id, BACKLOG],
    );
  } finally {
    await client.end();
  }
}

async function readAll(client: TestClient, session_id: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let more = true; more; ) {
    const after = entries.at(-1)?.seq ?? 0;
    const page = await client.call("stream.read", { session_id, after, limit: 1000 });
    entries.push(...page.entries);
    more = page.has_more;
  }
  return entries;
}
