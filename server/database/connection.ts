import { Socket } from "node:net";
import pg from "pg";
import { Sequelize } from "sequelize";
import { initModels } from "../../models/index.ts";
import { observePool } from "../metrics.ts";

// bigint comes as text unless told: seq and head_seq are numbers here, far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** Waiting longer than this for PostgreSQL is answered as unavailable. */
const PATIENCE_MS = 5_000;
const STATEMENT_MS = 30_000;
/** Past every limit of PostgreSQL's own: it is not there any more, though nobody closed the connection. */
const SILENT_MS = STATEMENT_MS + 5_000;
/** A node that is frozen inside a transaction holds its sessions, and whoever waits for them, this long. */
const FROZEN_MS = 5_000;

/** How each of the node's connections is made. */
export const connectionOptions = {
  application_name: "taskmaster",
  connectionTimeoutMillis: PATIENCE_MS,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
};

/** What PostgreSQL is told on each of the node's connections. */
const settings = {
  // What is prepared goes by index whatever its values, and planning costs as much as running.
  plan_cache_mode: "force_generic_plan",
  // Nothing that a node asks runs long enough to be worth compiling.
  jit: "off",
  // Of this style, which pg reads, and of this zone are times as texts, whatever the database is set to.
  datestyle: "ISO",
  timezone: "UTC",
  statement_timeout: STATEMENT_MS,
  idle_in_transaction_session_timeout: FROZEN_MS,
};

/**
 * Sets what holds on a connection that was just made. Not as it is made: a pooler such as PgBouncer refuses
 * what it does not know, and `options` of DATABASE_URL would take the place of ours.
 * @param more settings that this connection needs besides
 * @throws Error of pg; the connection is ended then
 */
export async function prepare(
  client: pg.Client,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const all = Object.entries({ ...settings, ...more });
  const text = all.map(([name, value]) => `SET ${name} = '${value}'`).join("; ");
  try {
    await client.query({ text, query_timeout: PATIENCE_MS } as pg.QueryConfig);
  } catch (error) {
    void client.end();
    throw error;
  }
}

/**
 * Opens the node's pool of connections and binds the models to it. Connects when first used.
 * @param url postgres://…; a Unix socket as postgres://user@/database?host=FOLDER
 * @param poolMax connections at the most
 * @param silentMs after which a connection that says nothing ends; one that was merely idle is made anew
 */
export function connect(url: string, poolMax: number, silentMs = SILENT_MS): Sequelize {
  const stream = () => {
    const socket = new Socket();
    return socket.setTimeout(silentMs, () => socket.destroy());
  };
  const sequelize = new Sequelize(url, {
    dialect: "postgres",
    dialectModule: pg,
    logging: false,
    pool: { max: poolMax, min: 1, idle: 30_000, acquire: PATIENCE_MS },
    dialectOptions: { ...connectionOptions, stream },
    retry: { max: 0 },
    // A scope's conditions must hold beside a query's own, never be replaced by them.
    define: { whereMergeStrategy: "and" },
  });
  sequelize.addHook("afterConnect", (client) => prepare(client as pg.Client));
  initModels(sequelize);
  const { pool } = sequelize.connectionManager as unknown as { pool: Record<string, number> };
  observePool(() =>
    Object.fromEntries(["using", "available", "waiting"].map((state) => [state, pool[state] ?? 0])),
  );
  return sequelize;
}
