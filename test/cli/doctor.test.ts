import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { expect } from "chai";
import { Sequelize } from "sequelize";
import type { Finding } from "../../cli/finding.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startRedis } from "../support/redis.ts";
import { openRoom, run } from "./room.ts";

describe("taskmaster doctor", function () {
  // Each starts the program several times.
  this.timeout(60_000);
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  const clean = { DATABASE_URL: "", REDIS_URL: "", PORT: "0", HOST: "" };

  async function diagnose(env: Record<string, string>) {
    const around = { env: { ...clean, ...env } };
    const { code, stdout, stderr } = await run(["doctor", "--json"], undefined, around);
    const findings: Finding[] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const of = (name: string) => findings.find((finding) => finding.name === name)!;
    return { code, stderr, findings, of };
  }

  it("finds no fault where there is none: database, migrations, clock, Redis, port", async () => {
    const redis = await startRedis();
    const { code, stderr, findings, of } = await diagnose({
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
    }).finally(() => redis.stop());
    expect(findings.filter((finding) => finding.status !== "ok")).to.deep.equal([]);
    expect(of("database").found).to.match(/^PostgreSQL \d+.*DATABASE_URL/);
    expect(of("migrations").found).to.match(/^all \d+ applied$/);
    expect(of("redis").found).to.match(/^Redis \S+ at /);
    expect(of("clock").found).to.match(/^\d+ ms/);
    expect(stderr).to.equal("");
    expect(code).to.equal(0);
  });

  it("says what to do when neither the database nor Redis answers, and hides their passwords", async () => {
    const { code, stderr, findings, of } = await diagnose({
      DATABASE_URL: "postgres://someone:geheim@127.0.0.1:1/taskmaster",
      REDIS_URL: "redis://:geheim@127.0.0.1:1",
    });
    for (const name of ["database", "redis"]) {
      expect(of(name).status).to.equal("fault");
      expect(of(name).found).to.match(/does not answer: .*ECONNREFUSED/);
      expect(of(name).advice).to.match(/^start /);
    }
    expect(JSON.stringify(findings)).to.not.include("geheim");
    expect(stderr).to.equal("taskmaster: 2 faults found\n");
    expect(code).to.equal(1);
  });

  it("finds migrations that are pending, and those of a newer version", async () => {
    const other = await createDatabase();
    const sequelize = new Sequelize(other.url, { dialect: "postgres", logging: false });
    try {
      await sequelize.query(
        "DELETE FROM migrations WHERE name = (SELECT max(name) FROM migrations)",
      );
      const older = await diagnose({ DATABASE_URL: other.url });
      expect(older.of("migrations")).to.include({ status: "fault" });
      expect(older.of("migrations").found).to.match(/^1 pending, from \d{4}_/);
      expect(older.of("migrations").advice).to.match(/taskmaster migrate/);
      await sequelize.query("INSERT INTO migrations (name) VALUES ('9998_a'), ('9999_b')");
      const newer = await diagnose({ DATABASE_URL: other.url });
      expect(newer.of("migrations").found).to.match(/^2 of a newer Taskmaster/);
    } finally {
      await sequelize.close();
      await other.drop();
    }
  });

  it("changes nothing in an empty database", async () => {
    const empty = await createDatabase({ migrated: false });
    const sequelize = new Sequelize(empty.url, { dialect: "postgres", logging: false });
    try {
      const { of } = await diagnose({ DATABASE_URL: empty.url });
      expect(of("migrations")).to.include({ status: "warning", found: "an empty database" });
      const [rows] = await sequelize.query("SELECT FROM pg_tables WHERE schemaname = 'public'");
      expect(rows).to.deep.equal([]);
    } finally {
      await sequelize.close();
      await empty.drop();
    }
  });

  it("tells a port that something else has from one where a Taskmaster serves", async () => {
    const squatter = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(squatter, "listening");
    const { port } = squatter.address() as AddressInfo;
    const taken = await diagnose({ DATABASE_URL: database.url, PORT: String(port) });
    squatter.close();
    expect(taken.of("port").found).to.equal(`127.0.0.1:${port} is in use`);
    expect(taken.of("port").advice).to.match(/^set PORT/);
    expect(taken.code).to.equal(1);

    const room = await openRoom();
    const ours = await diagnose({
      DATABASE_URL: database.url,
      PORT: new URL(room.url).port,
    }).finally(() => room.close());
    expect(ours.of("port").found).to.match(/^Taskmaster \S+ is serving at /);
  });

  it("names every variable that is malformed", async () => {
    const { code, of } = await diagnose({ PORT: "door", LOG_LEVEL: "loud" });
    expect(of("configuration").found)
      .to.match(/PORT .*must be a whole number/)
      .and.match(/LOG_LEVEL/);
    expect(code).to.equal(1);
  });

  it("looks at the folder and the programs of our own PostgreSQL without making anything", async () => {
    const { of } = await diagnose({ DATA_DIR: "/nonexistent/a/b" });
    expect(of("database").found).to.match(/^our own, not started: PostgreSQL \d+/);
    expect(of("disk").found).to.match(/GiB free for \/nonexistent\/a\/b$|cannot be written to/);
  });
});
