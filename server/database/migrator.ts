import { readdirSync } from "node:fs";
import {
  ConnectionError,
  type QueryInterface,
  QueryTypes,
  Sequelize,
  type Transaction,
} from "sequelize";
import { type RunnableMigration, Umzug } from "umzug";

type Direction = "up" | "down";
type Change = (parameters: { context: QueryInterface; transaction: Transaction }) => Promise<void>;

// Beside server/ in development, beside dist/server/ in production.
const folder = new URL("../../migrations/", import.meta.url);

// Any number does, as long as nothing else in the database locks by the same one.
const advisoryLock = 7_436_551;

/**
 * The migrator of one database: umzug with `pending()`, `executed()`, `up()` and `down()`. A migration's
 * name is its file's without the extension, so that .ts in development and .js in production count as
 * the same. Takes no lock: where two processes may migrate at once, call `migrate`.
 */
export function createMigrator(sequelize: Sequelize): Umzug<QueryInterface> {
  return new Umzug({
    migrations: readdirSync(folder)
      .filter((file) => /^\d{4}_\w+\.[jt]s$/.test(file))
      .sort()
      .map((file) => migrationIn(file, sequelize)),
    context: sequelize.getQueryInterface(),
    storage: {
      executed: () => executed(sequelize),
      // Noted together with the change itself, see `apply`.
      logMigration: async () => {},
      unlogMigration: async () => {},
    },
    logger: undefined,
  });
}

/**
 * Does what migrate does over connections of its own, which may take longer than those of a node.
 * @param url as for connect()
 * @param onWait as for migrate
 */
export async function migrateAt(url: string, onWait: () => void): Promise<string[]> {
  const sequelize = new Sequelize(url, { dialect: "postgres", logging: false });
  return migrate(sequelize, onWait).finally(() => sequelize.close());
}

/**
 * Brings the database up to date, and returns the names of the migrations this call applied (none when
 * it was up to date). Nodes that boot at once wait for each other. Needs two connections of the pool.
 * Throws umzug's MigrationError when a migration fails; those before it stay applied. Throws an Error that
 * says what to do when the database cannot be reached.
 * @param onWait told when another process migrates, which may take long
 */
export async function migrate(sequelize: Sequelize, onWait = () => {}): Promise<string[]> {
  return sequelize
    .transaction((transaction) => migrateAlone(sequelize, transaction, onWait))
    .catch((cause) => {
      if (!(cause instanceof ConnectionError)) throw cause;
      const { message } = cause.parent;
      throw new Error(
        `The PostgreSQL of DATABASE_URL cannot be used: ${message || cause.name}. Start it, or correct DATABASE_URL (postgres://user:password@host/database)`,
        { cause },
      );
    });
}

async function migrateAlone(
  sequelize: Sequelize,
  transaction: Transaction,
  onWait: () => void,
): Promise<string[]> {
  // Waiting for another node's migrations, or holding the lock idle during ours, may take longer
  // than any limit that fits ordinary queries.
  const [lock] = await sequelize.query<{ got: boolean }>(
    `SET LOCAL statement_timeout = 0;
     SET LOCAL lock_timeout = 0;
     SET LOCAL idle_in_transaction_session_timeout = 0;
     SELECT pg_try_advisory_xact_lock(${advisoryLock}) AS got`,
    { transaction, type: QueryTypes.SELECT },
  );
  if (!lock!.got) {
    onWait();
    await sequelize.query(`SELECT pg_advisory_xact_lock(${advisoryLock})`, { transaction });
  }
  const applied = await createMigrator(sequelize).up();
  return applied.map(({ name }) => name);
}

function migrationIn(file: string, sequelize: Sequelize): RunnableMigration<QueryInterface> {
  const name = file.slice(0, file.lastIndexOf("."));
  const apply = async (direction: Direction, context: QueryInterface) => {
    const migration: Record<Direction, Change> = await import(new URL(file, folder).href);
    // The change and the note that it was made commit together. Noted afterwards, a process killed in
    // between would try the same change again, and fail, at every later start.
    await sequelize.transaction(async (transaction) => {
      await sequelize.query("SET LOCAL statement_timeout = 0", { transaction });
      await migration[direction]({ context, transaction });
      const note =
        direction === "up"
          ? "INSERT INTO migrations (name) VALUES ($name)"
          : "DELETE FROM migrations WHERE name = $name";
      await sequelize.query(note, { bind: { name }, transaction });
    });
  };
  return {
    name,
    up: ({ context }) => apply("up", context),
    down: ({ context }) => apply("down", context),
  };
}

async function executed(sequelize: Sequelize): Promise<string[]> {
  await sequelize.query(
    `CREATE TABLE IF NOT EXISTS migrations (
       name       TEXT PRIMARY KEY,
       applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
     )`,
  );
  const rows = await sequelize.query<{ name: string }>(
    "SELECT name FROM migrations ORDER BY name",
    {
      type: QueryTypes.SELECT,
    },
  );
  return rows.map(({ name }) => name);
}
