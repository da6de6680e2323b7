import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { QueryTypes, Sequelize } from "sequelize";
import { type EmbeddedPostgres, startEmbedded } from "../../server/database/embedded.ts";
import { migrate } from "../../server/database/migrator.ts";

export interface TestDatabase {
  /** What a node's DATABASE_URL or Sequelize takes. */
  url: string;
  /** Removes the database, also from under open connections. */
  drop(): Promise<void>;
}

export interface TestCluster {
  /** The URL of its only database, empty at first; the same after every start. */
  url: string;
  /** Stops PostgreSQL; clients lose their connections. */
  stop(): Promise<void>;
  /** Starts it again with what was committed. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** Where the run's cluster is, for this process and for mocha's workers. */
const CLUSTER = "TEST_CLUSTER_URL";
const TEMPLATE = "migrated";

/**
 * Makes a database in the run's cluster: with our tables, cloned from the template in some 50 ms,
 * or empty with `migrated: false`.
 */
export async function createDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const name = `test_${process.pid}_${crypto.randomUUID().slice(0, 8)}`;
  await administer(`CREATE DATABASE "${name}" TEMPLATE ${migrated ? TEMPLATE : "template0"}`);
  return {
    url: urlOf(name),
    drop: () => administer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
  };
}

/**
 * Deletes all rows of all our tables, whatever they refer to: between tests. DELETE, because
 * TRUNCATE makes new files for every table, which takes 29 times as long.
 */
export async function emptyTables(sequelize: Sequelize): Promise<void> {
  const tables = await sequelize.query<{ name: string }>(
    "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'",
    { type: QueryTypes.SELECT },
  );
  const statements = tables.map(({ name }) => `DELETE FROM ${name}`);
  await sequelize.transaction((transaction) =>
    // As a replica a session checks no foreign keys, so that the order does not matter.
    sequelize.query(["SET LOCAL session_replication_role = replica", ...statements].join(";"), {
      transaction,
    }),
  );
}

/** Resolves once a transaction in this database waits for a lock. */
export async function somebodyWaits(sequelize: Sequelize): Promise<void> {
  const waits = `SELECT FROM pg_stat_activity
                  WHERE wait_event_type = 'Lock' AND datname = current_database()`;
  while ((await sequelize.query(waits))[0].length === 0);
}

/** Starts a PostgreSQL of the test's own, which it may stop and start again. */
export async function startCluster(): Promise<TestCluster> {
  const dataDir = await mkdtemp(join(tmpdir(), "taskmaster-cluster-"));
  const start = () => startEmbedded({ dataDir, settings: { fsync: "off" } });
  let running = await start();
  return {
    url: running.url,
    stop: () => running.stop(),
    start: async () => {
      running = await start();
    },
    remove: async () => {
      await running.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** Starts the run's cluster with its template; called once a run, by the hooks. */
export async function startRunCluster(): Promise<{ description: string; stop(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), "taskmaster-test-"));
  let postgres: EmbeddedPostgres | undefined;
  const stop = async () => {
    await postgres?.stop();
    await rm(dataDir, { recursive: true });
  };
  try {
    postgres = await startEmbedded({
      dataDir,
      settings: { fsync: "off", full_page_writes: "off" },
    });
    process.env[CLUSTER] = postgres.url;
    await administer(`CREATE DATABASE ${TEMPLATE}`);
    const sequelize = new Sequelize(urlOf(TEMPLATE), { dialect: "postgres", logging: false });
    await migrate(sequelize).finally(() => sequelize.close());
  } catch (error) {
    await stop();
    throw error;
  }
  return { description: postgres.description, stop };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client(process.env[CLUSTER]);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf(name: string): string {
  return process.env[CLUSTER]!.replace("/taskmaster?", `/${name}?`);
}

/** A connection to a database of its own, for the tests of one `describe`. */
export function useClient(): { readonly client: pg.Client } {
  const using = {} as { client: pg.Client };
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
    using.client = new pg.Client(database.url);
    await using.client.connect();
  });
  after(async () => {
    await using.client.end();
    await database.drop();
  });
  return using;
}
