import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { Client, emptyState, memoryStore } from "../../client/index.ts";
import type { Entry } from "../../contract/entry.ts";
import { connect } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { expectSame, readStream } from "../support/one_stream.ts";
import { UnrulyProxy } from "../support/unruly_proxy.ts";

const SECONDS = Number(process.env.UNREST_SECONDS || 60);
const SEED = Number(process.env.UNREST_SEED || Date.now() % 1_000_000);
const POSTS = 5_000;
const POSTERS = 10;
const SUBSCRIBERS = 50;
/** Posts that a poster issues at once, without waiting for the one before. */
const BURST = 25;

/** What an application was given, one entry after the other. */
interface Given {
  readonly who: string;
  readonly entries: Entry[];
  readonly done: Promise<void>;
}

/** How long everybody may take to catch up once the network is calm. */
const PATIENCE_MS = 100_000;

/** @throws Error that says who was given less than everything, and how much */
function explain(given: readonly Given[]): never {
  const late = given.filter(({ entries }) => entries.length < POSTS);
  const told = late.map(({ who, entries }) => `${who} has ${entries.length}`);
  throw new Error(`not there yet: ${told.join(", ") || "posts"}`);
}

describe("the SDK behind an unruly network", () => {
  let database: TestDatabase;
  let node: TestNode;
  let proxy: UnrulyProxy;
  const clients: Client[] = [];

  before(async function () {
    this.timeout(40_000);
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    proxy = await UnrulyProxy.start(node.url, SEED);
  });

  after(async () => {
    for (const client of clients) client.close();
    await proxy.stop();
    await node.stop();
    await database.drop();
  });

  function newClient(store = memoryStore()): Client {
    const client = new Client({ url: proxy.url, token: OWNER_TOKEN, store });
    clients.push(client);
    return client;
  }

  async function iterate(client: Client, session_id: string, entries: Entry[]): Promise<void> {
    for await (const entry of client.session(session_id).entries({ after: 0 })) {
      entries.push(entry);
      if (entry.seq === POSTS) return;
    }
  }

  /** Listens, and starts anew half way, as an application does that keeps how far it was told. */
  async function listen(session_id: string, entries: Entry[]): Promise<void> {
    const store = memoryStore();
    // Told of nothing yet; otherwise it would be told of what comes after it has joined.
    store.set(session_id, { version: 0, seq: 0, state: emptyState(session_id) });
    for (const last of [POSTS / 2, POSTS]) {
      const client = newClient(store);
      const session = client.session(session_id);
      const reached = new Promise<void>((resolve, reject) => {
        session.on("closed", ({ reason }) => reject(new Error(reason)));
        session.on("entry", (entry) => {
          entries.push(entry);
          expect(session.state.seq).to.equal(entry.seq);
          if (entry.seq < last) return;
          session.close();
          resolve();
        });
        // It is refused when the session is closed before all of the past is folded.
        session.load().catch(reject);
      });
      await reached;
      client.close();
      expect(session.state.totals.entries.comment).to.equal(last);
    }
  }

  /** A third iterates from the first entry on, a third does so twice at once, a third listens. */
  function subscribe(session_id: string, index: number): Given[] {
    const given = (who: string, begin: (entries: Entry[]) => Promise<void>): Given => {
      const entries: Entry[] = [];
      return { who: `${who} ${index}`, entries, done: begin(entries) };
    };
    if (index % 3 === 2) return [given("listener", (entries) => listen(session_id, entries))];
    const client = newClient();
    const reader = () => given("reader", (entries) => iterate(client, session_id, entries));
    return index % 3 === 0 ? [reader()] : [reader(), reader()];
  }

  /** @returns how many posts had been stored when they were acknowledged */
  async function post(session_id: string, poster: number): Promise<number> {
    const session = newClient().session(session_id);
    const under: Promise<{ duplicate: boolean }>[] = [];
    const mine = POSTS / POSTERS;
    for (let number = 0; number < mine; number += 1) {
      under.push(session.comment(`${poster}:${number}`));
      if (number % BURST === BURST - 1) await pause((1000 * SECONDS * BURST) / mine);
    }
    return (await Promise.all(under)).filter(({ duplicate }) => duplicate).length;
  }

  it(`hands ${POSTS} posts to ${SUBSCRIBERS} subscribers once each and in order, through ${SECONDS} s of it`, async function () {
    this.timeout(SECONDS * 1000 + PATIENCE_MS + 30_000);
    console.log(`      UNREST_SEED=${SEED}`);
    const owner = await connect(node.url);
    const { id: session_id } = await owner.call("session.create", { title: "Storm" });
    const readers = Array.from({ length: SUBSCRIBERS }, (_, index) => subscribe(session_id, index));
    const posted = Array.from({ length: POSTERS }, (_, poster) => post(session_id, poster));
    await pause(SECONDS * 1000);
    proxy.calm();
    const all = Promise.all([...posted, ...readers.flat().map(({ done }) => done)]);
    await Promise.race([
      all,
      pause(PATIENCE_MS, undefined, { ref: false }).then(() => explain(readers.flat())),
    ]);
    const repeated = (await Promise.all(posted)).reduce((sum, count) => sum + count);

    const stream = await readStream(owner, session_id);
    owner.close();
    expect(stream).to.have.length(POSTS);
    for (const { who, entries } of readers.flat()) expectSame(entries, stream, who);
    const issued = Array.from({ length: POSTS / POSTERS }, (_, number) => number);
    for (let poster = 0; poster < POSTERS; poster += 1) {
      const contents = stream.map((entry) => (entry.kind === "comment" ? entry.content : ""));
      const numbers = contents.filter((text) => text.startsWith(`${poster}:`));
      expect(numbers.map((text) => Number(text.split(":")[1]))).to.deep.equal(issued);
    }
    // A network that did nothing would show nothing.
    const { connections, ...troubles } = proxy.counts;
    expect(connections).to.be.above(clients.length);
    expect(repeated).to.be.above(0);
    const told = Object.entries(troubles).map(([fate, count]) => `${fate} ${count}`);
    console.log(
      `      ${clients.length} clients, ${connections} connections (${told.join(", ")}); ` +
        `${repeated} posts were stored already when they were acknowledged`,
    );
  });
});
