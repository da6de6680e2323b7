import { expect } from "chai";
import pg from "pg";
import { AppendConnection } from "../../server/database/append_connection.ts";
import { Batch } from "../../server/database/batch.ts";
import type { Sql } from "../../server/database/sql.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

const add = "INSERT INTO numbers SELECT unnest($1::int[])";
const all = "SELECT number FROM numbers ORDER BY number";

describe("the connection that appends", () => {
  let database: TestDatabase;
  let appending: AppendConnection;
  let other: pg.Client;

  before(async () => {
    database = await createDatabase();
    other = new pg.Client(database.url);
    await other.connect();
    await other.query("CREATE TABLE numbers (number int CHECK (number < 100))");
  });

  beforeEach(async () => {
    await other.query("DELETE FROM numbers");
    appending = new AppendConnection(database.url);
  });

  afterEach(() => appending.close());

  after(async () => {
    await other.end();
    await database.drop();
  });

  /** Reads first, then sends everything else together with the commit. */
  const transact = (...statements: [text: string, values: unknown[]][]) =>
    appending.transact(async (sql) => {
      const result = await sql<{ number: number }>(all, []);
      return { result, sent: Promise.all(statements.map(([text, values]) => sql(text, values))) };
    });
  const stored = async () => (await other.query(all)).rows.map(({ number }) => number);

  it("lets each statement see what those sent with it did before", async () => {
    const seen = await appending.transact(async (sql) => {
      const answers = [sql(all, []), sql(add, [[1, 2]]), sql(all, [])];
      return { result: await Promise.all(answers), sent: Promise.resolve() };
    });
    expect(seen).to.deep.equal([[], [], [{ number: 1 }, { number: 2 }]]);
    expect(await stored()).to.deep.equal([1, 2]);
  });

  it("stores nothing of a transaction in which a statement fails, and goes on with the next", async () => {
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const failing = transact(
        ["INSERT INTO numbers VALUES (1)", []],
        [add, [[100]]],
        [add, [[2]]],
      );
      expect(await failing.catch(({ code }) => code)).to.equal("23514");
      expect(await stored()).to.deep.equal([]);
    }
    await transact([add, [[3]]]);
    expect(await transact()).to.deep.equal([{ number: 3 }]);
  });

  it("stores nothing of a transaction whose work fails", async () => {
    const work = async (sql: Sql) => {
      await sql(add, [[4]]);
      throw new Error("on purpose");
    };
    expect(await appending.transact(work).catch(({ message }) => message)).to.equal("on purpose");
    expect(await stored()).to.deep.equal([]);
  });

  it("binds values as they are", async () => {
    const values = [["", "NULL", '"', "\\", "{a,b}", "'", " é😀", null], null, "\\N", 0.5];
    const row = await appending.transact(async (sql) => {
      const rows = await sql(
        "SELECT $1::text[] AS a, $2::text AS b, $3::text AS c, $4::float8 AS d",
        values,
      );
      return { result: rows[0]!, sent: Promise.resolve() };
    });
    expect(Object.values(row)).to.deep.equal(values);
  });

  it("is one, also after PostgreSQL refused connections for a while", async () => {
    const [, name] = /\/([^/?]+)\?/.exec(database.url)!;
    const admin = new pg.Client(database.url.replace(name!, "postgres"));
    await admin.connect();
    await other.end();
    const open = async () =>
      (await admin.query("SELECT FROM pg_stat_activity WHERE datname = $1", [name])).rowCount;
    await transact();
    for (let outage = 1; outage <= 3; outage += 1) {
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
      await admin.query(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1",
        [name],
      );
      for (let tries = 1; tries <= 3; tries += 1) await transact().catch(() => {});
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
      while ((await transact().catch(() => null)) === null);
      await transact();
      expect(await open()).to.equal(1);
    }
    await admin.end();
    other = new pg.Client(database.url);
    await other.connect();
  });

  it("is given up when PostgreSQL says nothing any more, though nobody closed it", async () => {
    const client = new pg.Client(database.url);
    client.on("error", () => {});
    await client.connect();
    const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
    const ended = new Promise<void>((resolve) => client.on("end", () => resolve()));
    process.kill(rows[0].pid, "SIGSTOP");
    try {
      const batch = new Batch(client, 100);
      const answer = batch.add("SELECT 1", []);
      client.query(batch);
      expect(await answer.catch((error) => error)).to.be.an("error");
      await ended;
    } finally {
      process.kill(rows[0].pid, "SIGCONT");
    }
  });

  it("refuses what waits when the connection breaks, and connects again", async () => {
    const backend = "SELECT pg_backend_pid() AS pid";
    const broken = appending.transact(async (sql) => {
      const [answer] = await sql<{ pid: number }>(backend, []);
      await sql(add, [[5]]);
      await other.query("SELECT pg_terminate_backend($1, 5000)", [answer!.pid]);
      return { result: null, sent: sql(add, [[6]]) };
    });
    expect(await broken.catch((error) => error)).to.be.an("error");
    await transact([add, [[7]]]);
    expect(await stored()).to.deep.equal([7]);
  });
});
