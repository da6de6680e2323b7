import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import pg from "pg";
import { Sequelize } from "sequelize";
import { type EmbeddedPostgres, startEmbedded } from "../../server/database/embedded.ts";
import { processStart } from "../../server/database/processes.ts";
import { programOf } from "../support/programs.ts";

const settings = { fsync: "off" };

describe("the embedded PostgreSQL", () => {
  let parent: string;
  let dataDir: string; // one for all tests, since making a cluster takes longest
  let postgres: EmbeddedPostgres | undefined;
  let holder: ChildProcess | undefined;

  before(async () => {
    parent = await mkdtemp(join(tmpdir(), "taskmaster-embedded-"));
    dataDir = join(parent, "made/by/us");
  });

  afterEach(async () => {
    if (holder) await kill(holder);
    await postgres?.stop();
    [holder, postgres] = [undefined, undefined];
  });

  after(() => rm(parent, { recursive: true }));

  it("starts on a new folder within 15 s and answers to pg and to Sequelize", async () => {
    const before = Date.now();
    postgres = await startEmbedded({ dataDir });
    expect(Date.now() - before).to.be.below(15_000);
    expect(await query(postgres.url, "SELECT 1 AS one")).to.deep.equal([{ one: 1 }]);
    const sequelize = new Sequelize(postgres.url, { logging: false });
    const [rows] = await sequelize.query("SELECT current_database() AS name");
    await sequelize.close();
    expect(rows).to.deep.equal([{ name: "taskmaster" }]);
  });

  if (process.getuid!() === 0) {
    it("is not started on what belongs to root, as a copy without its owners does, and says what to do", async () => {
      const copied = join(parent, "copied");
      await mkdir(join(copied, "postgres"), { recursive: true });
      const refusal = await startEmbedded({ dataDir: copied }).catch(({ message }) => message);
      expect(refusal).to.match(/postgres belongs to root.*chown -R nobody/);
    });
  } else
    it("on what belongs to root is NOT TESTED: only root starts it as somebody else", () => {});

  it("is durable: what is committed waits for the disk", async () => {
    postgres = await startEmbedded({ dataDir });
    const rows = await query(
      postgres.url,
      "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')",
    );
    expect(rows).to.have.length(3);
    for (const row of rows) expect(row).to.include({ setting: "on" });
  });

  it("stores UTF-8 and knows capital letters beyond ASCII", async () => {
    postgres = await startEmbedded({ dataDir, settings });
    const [row] = await query(postgres.url, "SELECT lower('ÄÉЖ') AS lower, '🙂'::text AS face");
    expect(row).to.deep.equal({ lower: "äéж", face: "🙂" });
  });

  it("listens on no TCP port, only on a socket in a folder closed to other users", async () => {
    postgres = await startEmbedded({ dataDir, settings });
    expect(await query(postgres.url, "SHOW listen_addresses")).to.deep.equal([
      { listen_addresses: "" },
    ]);
    const tcpAddress = (await postmasterFile(dataDir))[5]; // written from the open sockets
    expect(tcpAddress).to.equal("");
    expect((await stat(postgres.socketDir)).mode & 0o777).to.equal(0o700);
    expect(await readdir(postgres.socketDir)).to.include(".s.PGSQL.5432");
  });

  it("keeps its rows over a stop and a start, on a folder with spaces", async () => {
    const folder = join(parent, "my data folder (1) %20 'quoted'");
    postgres = await startEmbedded({ dataDir: folder, settings });
    await query(postgres.url, "CREATE TABLE kept AS SELECT 7 AS number");
    const { url } = postgres;
    await postgres.stop();
    postgres = await startEmbedded({ dataDir: folder, settings });
    expect(postgres.url).to.equal(url);
    expect(await query(url, "SELECT number FROM kept")).to.deep.equal([{ number: 7 }]);
  });

  it("works on a path far longer than a socket's may be", async () => {
    const folder = join(parent, "long".repeat(30), "longer".repeat(20));
    postgres = await startEmbedded({ dataDir: folder, settings });
    expect(folder.length).to.be.above(150);
    expect(await query(postgres.url, "SELECT 1 AS one")).to.deep.equal([{ one: 1 }]);
    expect((await stat(postgres.socketDir)).mode & 0o777).to.equal(0o700);
    await postgres.stop();
    expect(await exists(postgres.socketDir)).to.equal(false);
  });

  for (const folder of ["/dev/null/data", "/proc/taskmaster"])
    it(`says what is wrong and what to set when ${folder} cannot be made`, async () => {
      const error = await failure(startEmbedded({ dataDir: folder }));
      expect(error).to.include(`The data folder ${folder} cannot be used: `);
      expect(error).to.include("DATA_DIR").and.to.include("DATABASE_URL");
    });

  it("stops without leaving a process, a socket or a claim, and may be stopped twice", async () => {
    postgres = await startEmbedded({ dataDir, settings });
    const pid = await postmasterPid(dataDir);
    expect(processStart(pid)).to.be.a("string");
    await Promise.all([postgres.stop(), postgres.stop()]);
    expect(processStart(pid)).to.equal(undefined);
    expect(await readdir(dataDir)).to.deep.equal(["postgres"]);
    const left = await readdir(join(dataDir, "postgres"));
    expect(left.filter((name) => /PGSQL|postmaster\.pid/.test(name))).to.deep.equal([]);
  });

  it("stops although clients are connected", async () => {
    postgres = await startEmbedded({ dataDir, settings });
    const client = new pg.Client(postgres.url);
    client.on("error", () => {}); // it is told that the server goes away
    await client.connect();
    const ended = new Promise((resolve) => client.once("end", resolve));
    await postgres.stop();
    await ended;
  });

  it("tells when it ends by itself", async () => {
    const told = new Promise<string>((onExit) => {
      startEmbedded({ dataDir, settings, onExit }).then(async (started) => {
        postgres = started;
        process.kill(await postmasterPid(dataDir), "SIGQUIT");
      });
    });
    expect(await told).to.match(/PostgreSQL ended \(.*\)/);
  });

  it("refuses a folder in use, naming the process and a URL that a second node can use", async () => {
    const url = await hold(dataDir);
    const error = await failure(startEmbedded({ dataDir, settings }));
    expect(error).to.include(`in use by process ${holder!.pid}`).and.to.include(dataDir);
    const shown = /DATABASE_URL='(.+)'/.exec(error)?.[1];
    expect(shown).to.equal(url);
    expect(await query(shown!, "SELECT 1 AS one")).to.deep.equal([{ one: 1 }]);
  });

  it("lets exactly one of two that start at once have the folder", async () => {
    const options = { dataDir: join(parent, "wanted twice"), settings };
    const both = await Promise.allSettled([startEmbedded(options), startEmbedded(options)]);
    const started = both.filter((result) => result.status === "fulfilled");
    const refused = both.filter((result) => result.status === "rejected");
    postgres = started[0]?.value;
    expect([started.length, refused.length]).to.deep.equal([1, 1]);
    expect(refused[0]!.reason.message).to.include("in use by process");
  });

  it("ends when its owner is killed", async () => {
    await hold(dataDir);
    const pid = await postmasterPid(dataDir);
    await kill(holder!);
    await gone(pid);
  });

  it("recovers what was committed when its owner was killed", async () => {
    const url = await hold(dataDir);
    await query(url, "CREATE TABLE killed AS SELECT 8 AS number");
    await kill(holder!);
    postgres = await startEmbedded({ dataDir, settings });
    expect(await query(postgres.url, "SELECT number FROM killed")).to.deep.equal([{ number: 8 }]);
  });

  it("replaces the PostgreSQL that a killed owner left running", async () => {
    const url = await hold(dataDir, { PATH: "/nowhere" }); // no shell that ends it
    await query(url, "CREATE TABLE left_running AS SELECT 9 AS number");
    const pid = await postmasterPid(dataDir);
    await kill(holder!);
    expect(processStart(pid)).to.be.a("string");
    postgres = await startEmbedded({ dataDir, settings });
    expect(processStart(pid)).to.equal(undefined);
    expect(await query(postgres.url, "SELECT number FROM left_running")).to.deep.equal([
      { number: 9 },
    ]);
  });

  it("recovers when PostgreSQL and its owner were killed together", async () => {
    const url = await hold(dataDir);
    await query(url, "CREATE TABLE killed_together AS SELECT 10 AS number");
    process.kill(await postmasterPid(dataDir), "SIGKILL");
    await kill(holder!);
    postgres = await startEmbedded({ dataDir, settings });
    expect(await query(postgres.url, "SELECT number FROM killed_together")).to.deep.equal([
      { number: 10 },
    ]);
  });

  it("is not fooled by process ids that were given out again", async () => {
    await (await startEmbedded({ dataDir, settings })).stop();
    const claim = { pid: process.pid, started: "an earlier time", url: "postgres://elsewhere/" };
    await writeFile(join(dataDir, "owner.json"), JSON.stringify(claim));
    await writeFile(join(dataDir, "postgres/postmaster.pid"), `${process.pid}\n`);
    postgres = await startEmbedded({ dataDir, settings });
    expect(await query(postgres.url, "SELECT 1 AS one")).to.deep.equal([{ one: 1 }]);
  });

  it("refuses a folder in which a PostgreSQL answers whose process it cannot see", async () => {
    await (await startEmbedded({ dataDir, settings })).stop();
    const elsewhere = createServer((client) => client.end());
    await once(elsewhere.listen(join(dataDir, "postgres/.s.PGSQL.5432")), "listening");
    const starting = startEmbedded({ dataDir, settings });
    const message = await starting.then(String, (error: Error) => error.message);
    expect(message).to.include("in use by a PostgreSQL that this server did not start");
    elsewhere.close();
    await once(elsewhere, "close");
    postgres = await startEmbedded({ dataDir, settings });
  });

  it("starts whatever the environment says of other PostgreSQLs", async () => {
    const others = { PGPORT: "1", PGSSLMODE: "require", PGHOST: "nowhere", PGUSER: "nobody" };
    const url = await hold(dataDir, others);
    Object.assign(process.env, others);
    try {
      expect(await query(url, "SELECT 1 AS one")).to.deep.equal([{ one: 1 }]);
    } finally {
      for (const name of Object.keys(others)) delete process.env[name];
    }
  });

  it("starts over when it was killed while making its cluster", async () => {
    const folder = join(parent, "half made");
    await mkdir(join(folder, "postgres.new/base"), { recursive: true });
    await writeFile(join(folder, "owner.json"), "");
    postgres = await startEmbedded({ dataDir: folder, settings });
    expect(await query(postgres.url, "SELECT 1 AS one")).to.deep.equal([{ one: 1 }]);
    expect(await readdir(folder)).to.have.members(["owner.json", "postgres"]);
  });

  /** Starts a process that holds the folder, and returns its URL. */
  async function hold(folder: string, env: Record<string, string> = {}): Promise<string> {
    const program = programOf("test/support/embedded_holder.ts");
    holder = spawn(process.execPath, [program, folder], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface({ input: holder.stdout! }), "line");
    return line;
  }
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

/** Waits for a process that is not our child; the test's time limit ends it. */
async function gone(pid: number): Promise<void> {
  while (processStart(pid) !== undefined) await sleep(10);
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function postmasterFile(dataDir: string): Promise<string[]> {
  return (await readFile(join(dataDir, "postgres/postmaster.pid"), "utf8")).split("\n");
}

async function postmasterPid(dataDir: string): Promise<number> {
  return Number((await postmasterFile(dataDir))[0]);
}

async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("It did not fail");
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
