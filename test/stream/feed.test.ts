import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import type { Sequelize } from "sequelize";
import type { Entry } from "../../contract/entry.ts";
import type { Actor } from "../../server/actions/action.ts";
import { connect } from "../../server/database/connection.ts";
import { sqlIn } from "../../server/database/sql.ts";
import { AccessTable, type Rights } from "../../server/stream/access.ts";
import type { Chunk } from "../../server/stream/chunk.ts";
import { History } from "../../server/stream/history.ts";
import { PAGE_BYTES } from "../../server/stream/read.ts";
import type { Stream } from "../../server/stream/stream.ts";
import type { Subscriber } from "../../server/stream/subscriber.ts";
import { lockSessions } from "../../server/stream/write.ts";
import { createDatabase, somebodyWaits } from "../support/database.ts";
import { newActor } from "../support/people.ts";
import { createStream, executeOn, written } from "../support/stream.ts";

/** A subscriber whose connection always has room, and who tells when something reached it. */
class Recorder implements Subscriber {
  readonly identity: Actor;
  rights: Rights = { role: "participant", agent_ids: [] };
  cursor = 0;
  readonly given: (Entry["seq"] | "closed")[] = [];
  #waiting: { what: Entry["seq"] | "closed" | "live"; resolve: () => void }[] = [];

  constructor(identity: Actor) {
    this.identity = identity;
  }

  setLive(live: boolean): void {
    if (live) this.#tell("live");
  }

  send({ first, last }: Chunk): void {
    for (let seq = first; seq <= last; seq += 1) {
      this.given.push(seq);
      this.#tell(seq);
    }
  }

  waitingBytes(): number {
    return 0;
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  closed(): void {
    this.given.push("closed");
    this.#tell("closed");
  }

  /** Resolves when this happens next. */
  next(what: Entry["seq"] | "closed" | "live"): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ what, resolve }));
  }

  #tell(happened: Entry["seq"] | "closed" | "live"): void {
    for (const { what, resolve } of this.#waiting) if (what === happened) resolve();
  }
}

describe("a feed", () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let sequelize: Sequelize;
  const stops: (() => Promise<void>)[] = [];
  const sockets: Socket[] = [];
  /** From PostgreSQL, but for the answers to what was appended. */
  const bytesRead = () => sockets.reduce((sum, socket) => sum + socket.bytesRead, 0);

  before(async () => {
    database = await createDatabase();
    sequelize = connect(database.url, 8);
    sequelize.addHook("afterConnect", (client) => {
      sockets.push((client as { connection: { stream: Socket } }).connection.stream);
    });
  });

  after(async () => {
    for (const stop of stops) await stop();
    await sequelize.close();
    await database.drop();
  });

  /** Two sessions, one of which a transaction holds. */
  async function oneHeld() {
    const ann = await newActor("ann");
    const execute = executeOn(sequelize, newStream());
    const create = async () => (await execute("session.create", ann, { title: "Room" })).id;
    const [held, free] = [await create(), await create()];
    const post = (session_id: string, content: string) =>
      execute("comment.post", ann, { session_id, content });
    const holder = await sequelize.transaction();
    await lockSessions([held], sqlIn(holder));
    return { held, free, post, holder };
  }

  function newStream(options: { queueBytes?: number; history?: History } = {}): Stream {
    const { stream, stop } = createStream(database.url, options);
    stops.push(stop);
    return stream;
  }

  /** A session of ann's that bob is in, on a stream of its own. */
  async function roomOfTwo() {
    const [ann, bob] = [await newActor("ann"), await newActor("bob")];
    const stream = newStream();
    const execute = executeOn(sequelize, stream);
    const { id: session_id } = await execute("session.create", ann, { title: "Room" });
    const place = { session_id, user_id: bob.user_id };
    await execute("session.add_member", ann, place);
    return { ann, bob, stream, execute, session_id, place };
  }

  it("ends at the entry that removes a member, though what follows arrived with it", async () => {
    const [ann, bob] = [await newActor("ann"), await newActor("bob")];
    const execute = executeOn(sequelize, newStream());
    const session = await execute("session.create", ann, { title: "Room" });
    const place = { session_id: session.id, user_id: bob.user_id };
    await execute("session.add_member", ann, place);

    const elsewhere = newStream();
    const recorders = [new Recorder(ann), new Recorder(bob)] as const;
    for (const recorder of recorders) {
      const live = recorder.next("live");
      elsewhere.join(session.id, recorder, 1);
      await live;
    }
    await execute("session.remove_member", ann, place);
    await execute("comment.post", ann, { session_id: session.id, content: "between us" });
    const { entries } = await execute("stream.read", ann, { session_id: session.id, after: 1 });
    const [toAnn, toBob] = [recorders[0].next(3), recorders[1].next("closed")];
    elsewhere.publish(written(entries));
    await Promise.all([toAnn, toBob]);
    expect(recorders[0].given).to.deep.equal([1, 2, 3]);
    expect(recorders[1].given).to.deep.equal([1, 2, "closed"]);
  });

  it("delivers in order whatever the order and number of its announcements", async () => {
    const ann = await newActor("ann");
    const execute = executeOn(sequelize, newStream());
    const { id: session_id } = await execute("session.create", ann, { title: "Room" });
    for (let n = 1; n <= 9; n += 1) {
      await execute("comment.post", ann, { session_id, content: `${n}` });
    }
    const { entries } = await execute("stream.read", ann, { session_id });

    const elsewhere = newStream();
    const recorder = new Recorder(ann);
    const live = recorder.next("live");
    // Before joining, since a new feed looks by itself how far the stream has come.
    const end = recorder.next(9);
    elsewhere.join(session_id, recorder, 0);
    await live;
    elsewhere.publish(written(entries.slice(4, 6)));
    elsewhere.publish(written(entries.slice(0, 2)));
    elsewhere.publish(written(entries.slice(0, 5)));
    elsewhere.publish(written(entries.slice(8)));
    await end;
    expect(recorder.given).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("hands over at once what was committed while somebody joined, though nobody announced it", async () => {
    const ann = await newActor("ann");
    const execute = executeOn(sequelize, newStream());
    const { id: session_id } = await execute("session.create", ann, { title: "Room" });
    const stream = newStream();
    const recorder = new Recorder(ann);
    const { head_seq } = await execute("session.join", ann, { session_id });
    await execute("comment.post", ann, { session_id, content: "in between" });
    const arrived = recorder.next(1);
    stream.join(session_id, recorder, head_seq);
    await arrived;
    expect(recorder.given).to.deep.equal([1]);
  });

  it("keeps in memory what somebody follows here, and nothing else", async () => {
    const ann = await newActor("ann");
    const history = new History(1_000_000);
    const stream = newStream({ history });
    const execute = executeOn(sequelize, stream);
    const { id: session_id } = await execute("session.create", ann, { title: "Room" });
    await execute("comment.post", ann, { session_id, content: "nobody follows" });
    expect(history.bytes).to.equal(0);
    const recorder = new Recorder(ann);
    const live = recorder.next("live");
    stream.join(session_id, recorder, 1);
    await live;
    const before = history.bytes;
    await execute("comment.post", ann, { session_id, content: "somebody follows" });
    expect(history.bytes).to.be.greaterThan(before);
    expect(recorder.given).to.deep.equal([1, 2]);
  });

  it("gives who joins the rights of now, not those of when they asked to join", async () => {
    const { ann, bob, execute, session_id, place } = await roomOfTwo();
    const recorder = new Recorder(bob);
    await execute("session.add_member", ann, { ...place, role: "observer" });
    const live = recorder.next("live");
    newStream().join(session_id, recorder, 0);
    await live;
    expect(recorder.rights.role).to.equal("observer");
  });

  it("looks again at the rights of who joins when somebody's place ended since they were read", async () => {
    const { ann, bob, stream, execute, session_id, place } = await roomOfTwo();
    const { rechecks } = stream;
    const { head_seq } = await execute("session.join", bob, { session_id });
    await execute("session.remove_member", ann, place);
    // As the notice does that tells every node.
    await stream.recheck([session_id]);
    const recorder = new Recorder(bob);
    const closed = recorder.next("closed");
    stream.join(session_id, recorder, head_seq, rechecks);
    await closed;
    const stays = new Recorder(ann);
    const live = stays.next("live");
    stream.join(session_id, stays, head_seq, stream.rechecks);
    await live;
    expect(recorder.given).to.deep.equal(["closed"]);
  });

  it("keeps the rights of the newest look at them, though the answer to one before comes later", async () => {
    const { ann, bob, stream, execute, session_id, place } = await roomOfTwo();
    const recorder = new Recorder(bob);
    const live = recorder.next("live");
    stream.join(session_id, recorder, 0);
    await live;
    const { load } = AccessTable;
    let answer = (_table: AccessTable) => {};
    AccessTable.load = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const before = stream.recheck([session_id]);
    AccessTable.load = load;
    const table = await AccessTable.load([session_id], [bob.user_id], sqlIn(null));
    await execute("session.add_member", ann, { ...place, role: "observer" });
    await stream.recheck([session_id]);
    answer(table);
    await before;
    expect(recorder.rights.role).to.equal("observer");
  });

  it("answers id_reused when two nodes store the same id in two sessions at once", async () => {
    const ann = await newActor("ann");
    const nodes = [executeOn(sequelize, newStream()), executeOn(sequelize, newStream())] as const;
    const create = () => nodes[0]("session.create", ann, { title: "Room" });
    const sessions = [await create(), await create()] as const;
    for (let round = 0; round < 20; round += 1) {
      const id = crypto.randomUUID();
      const outcomes = await Promise.allSettled(
        nodes.map((execute, n) =>
          execute("comment.post", ann, { session_id: sessions[n]!.id, content: "one", id }),
        ),
      );
      const refused = outcomes.filter((outcome) => outcome.status === "rejected");
      expect(refused.map(({ reason }) => reason.code)).to.deep.equal(["id_reused"]);
    }
  });

  it("waits only some seconds for a node that stopped in the middle of a transaction", async () => {
    const ann = await newActor("ann");
    const execute = executeOn(sequelize, newStream());
    const { id: session_id } = await execute("session.create", ann, { title: "Room" });
    const frozen = await sequelize.transaction();
    await lockSessions([session_id], sqlIn(frozen));
    const { seq } = await execute("comment.post", ann, { session_id, content: "anybody?" });
    expect(seq).to.equal(1);
    await frozen.rollback().catch(() => {});
  });

  it("lets posts of other sessions pass one that is held, and keeps the order of its own", async () => {
    const { held, free, post, holder } = await oneHeld();
    let answered = 0;
    const wait = async (content: string) => {
      const entry = await post(held, content);
      answered += 1;
      return entry;
    };
    const waiting = [wait("one")];
    await somebodyWaits(sequelize);
    // Those that came later do not take the place of the others either.
    waiting.push(wait("two"), wait("three"));
    await nextTurn();
    for (const seq of [1, 2, 3]) expect((await post(free, "meanwhile")).seq).to.equal(seq);
    expect(answered).to.equal(0);
    await holder.commit();
    expect((await Promise.all(waiting)).map(({ seq }) => seq)).to.deep.equal([1, 2, 3]);
  });

  it("lets them pass also where it has many posts in flight", async () => {
    const { held, free, post, holder } = await oneHeld();
    const waiting = Array.from({ length: 50 }, (_, n) => post(held, `${n}`));
    await somebodyWaits(sequelize);
    for (const seq of [1, 2, 3]) expect((await post(free, "meanwhile")).seq).to.equal(seq);
    await holder.commit();
    const numbers = (await Promise.all(waiting)).map(({ seq }) => seq);
    expect(numbers).to.deep.equal(waiting.map((_, n) => n + 1));
  });

  it("tells nobody who left that they may no longer follow, though it could not feed them", async () => {
    const [ann, bob] = [await newActor("ann"), await newActor("bob")];
    let away = false;
    class Away extends History {
      override read(...of: Parameters<History["read"]>) {
        return away ? Promise.resolve(null) : super.read(...of);
      }
    }
    const stream = newStream({ history: new Away(0) });
    const execute = executeOn(sequelize, stream);
    const { id: session_id } = await execute("session.create", ann, { title: "Room" });
    await execute("session.add_member", ann, { session_id, user_id: bob.user_id });
    await execute("comment.post", ann, { session_id, content: "one" });

    const stays = new Recorder(ann);
    stays.cursor = 2;
    const live = stays.next("live");
    stream.join(session_id, stays, 2, stream.rechecks);
    await live;
    away = true;
    const left = new Recorder(bob);
    stream.join(session_id, left, 2, stream.rechecks);
    await nextTurn(); // by now it is stalled
    stream.leave(session_id, left);
    away = false;
    const again = new Recorder(bob);
    const reached = again.next(2);
    stream.join(session_id, again, 2, stream.rechecks);
    await reached;
    const delivered = again.next(3);
    await execute("comment.post", ann, { session_id, content: "two" });
    await delivered;
    // By then whatever the feed asked about those who were stalled is answered.
    await nextTurn();
    for (let asked = 1; asked <= 10; asked += 1) await stream.recheck([session_id]);
    expect(left.given).to.deep.equal([]);
    expect(again.given).to.deep.equal([1, 2, 3]);
  });

  it("sends to a connection that follows many sessions no more than it takes and a page", async () => {
    const ann = await newActor("ann");
    const SESSIONS = 8;
    let arrived = 0;
    let release = () => {};
    const all = new Promise<void>((resolve) => {
      release = resolve;
    });
    class AtOnce extends History {
      override async read(...of: Parameters<History["read"]>) {
        const page = await super.read(...of);
        arrived += 1;
        if (arrived === SESSIONS) release();
        await all;
        return page;
      }
    }
    const stream = newStream({ history: new AtOnce(0) });
    const execute = executeOn(sequelize, stream);
    let waiting = 0;
    let most = 0;
    class OnOneConnection extends Recorder {
      override send(chunk: Chunk): void {
        waiting += chunk.bytes.length;
        most = Math.max(most, waiting);
        super.send(chunk);
      }
      override waitingBytes(): number {
        return waiting;
      }
      override async drained(): Promise<void> {
        await nextTurn();
        waiting = 0;
      }
    }
    const content = "x".repeat(90_000);
    const create = async () => {
      const { id: session_id } = await execute("session.create", ann, { title: "Room" });
      await execute("comment.post", ann, { session_id, content });
      return session_id;
    };
    const session_ids = await Promise.all(Array.from({ length: SESSIONS }, create));
    const live = session_ids.map((session_id) => {
      const recorder = new OnOneConnection(ann);
      const isLive = recorder.next("live");
      stream.join(session_id, recorder, 1, stream.rechecks);
      return isLive;
    });
    await Promise.all(live);
    expect(most).to.be.within(90_000, 2 * PAGE_BYTES);
  });

  it("reads little more than it hands over, whatever the size of entries, though nothing is kept in memory", async () => {
    const ann = await newActor("ann");
    const stream = newStream({ history: new History(0) });
    const execute = executeOn(sequelize, stream);
    for (const [count, size] of [
      [40, 90_000],
      [600, 1_000],
    ] as const) {
      const { id: session_id } = await execute("session.create", ann, { title: "Room" });
      const content = "x".repeat(size);
      const post = () => execute("comment.post", ann, { session_id, content });
      await Promise.all(Array.from({ length: count }, post));
      const before = bytesRead();
      const recorder = new Recorder(ann);
      const live = recorder.next("live");
      stream.join(session_id, recorder, count);
      await live;
      expect(recorder.given).to.have.length(count);
      expect((bytesRead() - before) / (count * size)).to.be.within(1, 2.5);
    }
  });

  it("is read in answers of a few megabytes, however large its entries", async () => {
    const ann = await newActor("ann");
    const execute = executeOn(sequelize, newStream());
    const { id: session_id } = await execute("session.create", ann, { title: "Room" });
    const content = "x".repeat(90_000);
    const posts = Array.from({ length: 60 }, () =>
      execute("comment.post", ann, { session_id, content }),
    );
    await Promise.all(posts);
    const seqs: number[] = [];
    for (let more = true; more; ) {
      const input = { session_id, after: seqs.length, limit: 1000 };
      const { entries, has_more } = await execute("stream.read", ann, input);
      expect(entries.length).to.be.within(1, 30);
      seqs.push(...entries.map((entry) => entry.seq));
      more = has_more;
    }
    expect(seqs).to.deep.equal(Array.from({ length: 60 }, (_, index) => index + 1));
  });

  it("refuses as rate_limited what would wait beyond the bound, and takes it later", async () => {
    const ann = await newActor("ann");
    const execute = executeOn(sequelize, newStream({ queueBytes: 1000 }));
    const { id: session_id } = await execute("session.create", ann, { title: "Room" });
    const post = () => execute("comment.post", ann, { session_id, content: "x".repeat(600) });
    const outcomes = await Promise.allSettled([post(), post()]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected"]);
    expect((outcomes[1] as PromiseRejectedResult).reason).to.include({ code: "rate_limited" });
    expect(await post()).to.include({ seq: 2 });
  });
});
