import { resolve } from "node:path";
import { QueryTypes, Sequelize } from "sequelize";
import type { Config } from "../server/config.ts";
import { ownerOf } from "../server/database/folder_claim.ts";
import { createMigrator } from "../server/database/migrator.ts";
import { findBinaries } from "../server/database/postgres_binaries.ts";
import { causeOf, type Finding } from "./finding.ts";

/** The oldest PostgreSQL that the migrations fit. */
const OLDEST = 15;
/** More skew than this moves deadlines noticeably. */
const MAX_SKEW_MS = 1000;
const PATIENCE_MS = 5000;

/** Looks at the database a server here would use: whether it answers, its version, migrations and clock. */
export async function* checkDatabase(config: Config): AsyncGenerator<Finding> {
  const owner = config.DATABASE_URL ? null : await ownerOf(resolve(config.DATA_DIR));
  const url = config.DATABASE_URL ?? owner?.url;
  if (url === undefined) {
    yield await checkBinaries(config);
    return;
  }
  const whose = owner === null ? "that of DATABASE_URL" : `our own, of process ${owner.pid}`;
  const sequelize = new Sequelize(url, {
    dialect: "postgres",
    logging: false,
    dialectOptions: { connectionTimeoutMillis: PATIENCE_MS },
    retry: { max: 0 },
  });
  try {
    yield await checkServer(sequelize, whose);
    yield await checkMigrations(sequelize);
    yield await checkClock(sequelize);
  } catch (error) {
    yield {
      name: "database",
      status: "fault",
      found: `${whose}, does not answer: ${causeOf(error)}`,
      advice: "start PostgreSQL, or correct DATABASE_URL (postgres://user:password@host/database)",
    };
  } finally {
    await sequelize.close();
  }
}

async function checkBinaries(config: Config): Promise<Finding> {
  const name = "database";
  try {
    const { postgres, version } = await findBinaries(undefined, resolve(config.DATA_DIR));
    const found = `our own, not started: PostgreSQL ${version} (${postgres})`;
    return { name, status: "ok", found };
  } catch (error) {
    const advice = "set DATABASE_URL to a PostgreSQL of your own";
    return { name, status: "fault", found: causeOf(error).split("\n")[0]!, advice };
  }
}

async function checkServer(sequelize: Sequelize, whose: string): Promise<Finding> {
  const name = "database";
  const version = await ask<string>(sequelize, "SHOW server_version", "server_version");
  const found = `PostgreSQL ${version}, ${whose}`;
  if (Number.parseInt(version, 10) >= OLDEST) return { name, status: "ok", found };
  return { name, status: "fault", found, advice: `upgrade it to PostgreSQL ${OLDEST} or newer` };
}

async function checkMigrations(sequelize: Sequelize): Promise<Finding> {
  const name = "migrations";
  const advice = "run `taskmaster migrate`, or start a server, which does the same";
  // Asked first, since the migrator makes its table, and a check must change nothing.
  const table = await ask(sequelize, "SELECT to_regclass('migrations') AS found", "found");
  if (table === null) return { name, status: "warning", found: "an empty database", advice };
  const migrator = createMigrator(sequelize);
  const pending = await migrator.pending();
  const known = await migrator.executed();
  const applied = await ask<number>(
    sequelize,
    "SELECT count(*)::int AS applied FROM migrations",
    "applied",
  );
  if (applied > known.length) {
    const found = `${applied - known.length} of a newer Taskmaster are applied`;
    return { name, status: "fault", found, advice: "use that version here too" };
  }
  if (pending.length > 0) {
    const found = `${pending.length} pending, from ${pending[0]!.name}`;
    return { name, status: "fault", found, advice };
  }
  return { name, status: "ok", found: `all ${applied} applied` };
}

async function checkClock(sequelize: Sequelize): Promise<Finding> {
  const name = "clock";
  const before = Date.now();
  const theirs = await ask<number>(
    sequelize,
    "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now",
    "now",
  );
  // They looked at it somewhere between our question and their answer.
  const after = Date.now();
  const skew = Math.max(0, theirs - after, before - theirs);
  const found = `${Math.round(skew)} ms beside the database's`;
  if (skew <= MAX_SKEW_MS) return { name, status: "ok", found };
  const advice = "keep the clocks of both machines right, such as by NTP";
  return { name, status: "fault", found, advice };
}

async function ask<Value>(sequelize: Sequelize, sql: string, column: string): Promise<Value> {
  const [row] = await sequelize.query<Record<string, Value>>(sql, { type: QueryTypes.SELECT });
  return row![column]!;
}
