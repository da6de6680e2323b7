import { expect } from "chai";
import type { Sequelize } from "sequelize";
import type { Entry } from "../../contract/entry.ts";
import type { Actor } from "../../server/actions/action.ts";
import { connect } from "../../server/database/connection.ts";
import type { Execute } from "../../server/execute.ts";
import { type Chunk, countOf, textsOf } from "../../server/stream/chunk.ts";
import { PAGE_BYTES, readPages } from "../../server/stream/read.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { newActor } from "../support/people.ts";
import { createStream, executeOn } from "../support/stream.ts";

describe("a part of a stream", () => {
  let database: TestDatabase;
  let sequelize: Sequelize;
  let execute: Execute;
  let stop: () => Promise<void>;
  let ann: Actor;
  let session_id: string;

  before(async () => {
    database = await createDatabase();
    sequelize = connect(database.url, 8);
    const node = createStream(database.url);
    stop = node.stop;
    execute = executeOn(sequelize, node.stream, 1_000_000);
    ann = await newActor("ann");
  });

  beforeEach(async () => {
    ({ id: session_id } = await execute("session.create", ann, { title: "Room" }));
  });

  after(async () => {
    await stop();
    await sequelize.close();
    await database.drop();
  });

  const say = (content: string) => execute("message.post", ann, { session_id, content });
  const note = (content: string) => execute("comment.post", ann, { session_id, content });

  /** The numbers of the entries, once it is sure that each is where its page says. */
  function seqsOf(pages: readonly Chunk[]): number[] {
    return pages.flatMap((page) => {
      const seqs = textsOf(page).map((text) => (JSON.parse(text) as Entry).seq);
      expect(seqs).to.deep.equal(Array.from({ length: countOf(page) }, (_, n) => page.first + n));
      return seqs;
    });
  }

  it("comes in pages that are no larger than they may be", async () => {
    for (let n = 1; n <= 60; n += 1) await (n % 3 === 0 ? note : say)("ж".repeat(5_000));
    const pages = await readPages(session_id, 2, 50);
    expect(seqsOf(pages)).to.deep.equal(Array.from({ length: 50 }, (_, index) => index + 3));
    expect(pages.length).to.be.greaterThan(5);
    for (const { bytes } of pages) expect(bytes.length).to.be.at.most(PAGE_BYTES);
  });

  it("comes in pages that are no larger than they may be, what is between many small entries included", async () => {
    await Promise.all(Array.from({ length: 400 }, (_, n) => say(`${n}`)));
    const [page] = await readPages(session_id, 0, 400);
    expect(page!.bytes.length).to.be.within(PAGE_BYTES - 1_000, PAGE_BYTES);
  });

  it("ends before it holds much more than was wanted, and never before its first entry", async () => {
    for (let n = 1; n <= 12; n += 1) await (n % 3 === 0 ? note : say)("x".repeat(800_000));
    const seqs: number[] = [];
    while (seqs.length < 12) {
      const part = seqsOf(await readPages(session_id, seqs.length, 1000));
      expect(part.length).to.be.within(1, 6);
      seqs.push(...part);
    }
    expect(seqs).to.deep.equal(Array.from({ length: 12 }, (_, index) => index + 1));
  });

  it("has no gap, though entries of several kinds are committed while it is read", async () => {
    let posting = true;
    const writers = [say, note].map(async (post) => {
      for (let n = 1; posting; n += 1) await Promise.all([post(`${n}`), post(`${n}`)]);
    });
    const seqs: number[] = [];
    for (let reads = 0; reads < 500 || seqs.length < 500; reads += 1) {
      seqs.push(...seqsOf(await readPages(session_id, seqs.length, 1000)));
    }
    posting = false;
    await Promise.all(writers);
    expect(seqs).to.deep.equal(seqs.map((_, index) => index + 1));
  });
});
