import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Logger } from "pino";
import type { Sequelize } from "sequelize";
import { v7 as uuidv7 } from "uuid";
import { createAuthenticate } from "./authenticate.ts";
import { bootstrap } from "./bootstrap.ts";
import type { Config } from "./config.ts";
import { AppendConnection } from "./database/append_connection.ts";
import { connect } from "./database/connection.ts";
import { startEmbedded } from "./database/embedded.ts";
import { migrate } from "./database/migrator.ts";
import { Deadlines } from "./deadlines.ts";
import { createExecutor } from "./execute.ts";
import { createApp } from "./http/app.ts";
import type { Parts, Phase } from "./http/health.ts";
import { ignoreUpgrades } from "./http/upgrades.ts";
import { createOriginCheck } from "./origins.ts";
import { Realtime } from "./realtime/server.ts";
import { connectRedis } from "./redis.ts";
import { Revocations } from "./revocations.ts";
import { noHints, RedisHints } from "./stream/hints.ts";
import { History } from "./stream/history.ts";
import { Stream } from "./stream/stream.ts";

/** A running node. */
export interface Node {
  /** Where it listens, such as http://127.0.0.1:3000. */
  readonly url: string;
  /** What another node sets as DATABASE_URL to join this one's. */
  readonly databaseUrl: string;
  readonly databaseDescription: string;
  /** The secret made on the first start, to be shown once; null otherwise. */
  readonly firstToken: string | null;
  /** Finishes what was accepted, then stops; its own PostgreSQL last. */
  stop(): Promise<void>;
}

/** How long the readiness check waits for PostgreSQL. */
const CHECK_MS = 2_000;
/** Connections that append: while some wait for the disk or the node, PostgreSQL works for another. */
const APPEND_LANES = 4;
/** How long a stopping node waits for PostgreSQL connections that do not answer. */
const CLOSE_MS = 5_000;

/**
 * Against clients that open a connection and let it wait: a request's headers, and the whole of it,
 * must arrive in time. Idle connections outlive the 60 s after which proxies stop using them.
 */
const timeouts = {
  headersTimeout: 15_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 65_000,
};

/**
 * Boots a node: its database, its migrations, the stream, both transports, the owner's account.
 * @param onFatal told when the node has lost a part that does not come back by itself
 * @throws Error when a part that it cannot do without is not to be had, saying what to do
 */
export async function startNode(
  config: Config,
  logger: Logger,
  onFatal: (message: string) => void,
): Promise<Node> {
  const cleanups: (() => unknown)[] = [];
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) {
      await Promise.resolve(cleanup()).catch((error: unknown) =>
        logger.error({ err: error }, "stopping a part failed"),
      );
    }
  };
  try {
    const database = await openDatabase(config, logger, onFatal);
    cleanups.push(() => database.close());
    const served = await serve(config, logger, database, cleanups);
    return {
      ...served,
      databaseUrl: database.url,
      databaseDescription: database.description,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Database {
  readonly url: string;
  readonly description: string;
  readonly sequelize: Sequelize;
  close(): Promise<void>;
}

async function openDatabase(
  config: Config,
  logger: Logger,
  onFatal: (message: string) => void,
): Promise<Database> {
  const embedded = config.DATABASE_URL
    ? null
    : await startEmbedded({
        dataDir: config.DATA_DIR,
        logger,
        onExit: onFatal,
      });
  const url = config.DATABASE_URL ?? embedded!.url;
  const sequelize = connect(url, config.DATABASE_POOL_MAX);
  const close = async () => {
    await withLimit(sequelize.close(), CLOSE_MS);
    await embedded?.stop();
  };
  try {
    const applied = await migrate(sequelize);
    if (applied.length > 0) logger.info({ applied }, "the database was migrated");
  } catch (error) {
    await close();
    throw error;
  }
  const description = embedded?.description ?? "PostgreSQL of DATABASE_URL";
  return { url, description, sequelize, close };
}

async function serve(
  config: Config,
  logger: Logger,
  database: Database,
  cleanups: (() => unknown)[],
): Promise<{ url: string; firstToken: string | null }> {
  const node_id = uuidv7();
  const { sequelize } = database;
  const redis = config.REDIS_URL ? connectRedis(config.REDIS_URL, logger) : null;
  cleanups.push(() => redis?.close());

  const lanes = Array.from({ length: APPEND_LANES }, () => new AppendConnection(database.url));
  for (const lane of lanes) cleanups.push(() => withLimit(lane.close(), CLOSE_MS));
  const stream = new Stream({
    lanes: lanes.map(({ transact }) => transact),
    queueBytes: config.APPEND_QUEUE_BYTES,
    pollMs: config.STREAM_POLL_MS,
    hints: (onHint) => (redis ? new RedisHints({ ...redis, node_id, onHint }) : noHints),
    feed: {
      bufferBytes: config.SUBSCRIBER_BUFFER_BYTES,
      history: new History(config.STREAM_CACHE_BYTES),
      onError: (error) => logger.warn({ err: error }, "reading a stream failed; trying again"),
    },
  });
  const revocations = new Revocations({
    connection: { connectionString: database.url },
    stream,
    logger,
  });
  cleanups.push(() => revocations.stop());
  await revocations.start();

  const deadlines = new Deadlines(sequelize, stream, (error) =>
    logger.debug({ err: error }, "looking for what is overdue failed; trying again"),
  );
  cleanups.push(() => deadlines.stop());

  let phase: Phase = "starting";
  const parts: Parts = {
    database: createDatabaseCheck(sequelize),
    redis: () => (redis === null ? "none" : redis.isThere() ? "ok" : "away"),
    phase: () => phase,
    node_id,
  };
  const { execute, executeJson, drain } = createExecutor({
    sequelize,
    stream,
    logger,
    maxBytes: config.MAX_ENTRY_BYTES,
    onRevoked: (revocation) => revocations.apply(revocation),
  });
  const shared = {
    execute,
    executeJson,
    authenticate: createAuthenticate(config),
    originAllowed: createOriginCheck([
      ...config.ALLOWED_ORIGINS,
      ...(config.PUBLIC_URL ? [new URL(config.PUBLIC_URL).origin] : []),
    ]),
    maxBytes: config.MAX_ENTRY_BYTES,
    stream,
    revocations,
    logger,
  };
  const realtime = new Realtime({
    ...shared,
    redis,
    node_id,
    maxFrameBytes: config.MAX_FRAME_BYTES,
  });
  const app = createApp({ ...shared, parts, trustProxy: config.TRUST_PROXY });
  const http = createServer(timeouts, app);
  realtime.attach(http);
  ignoreUpgrades(http, (request) => realtime.serves(request));
  await listen(http, config);
  cleanups.push(async () => {
    phase = "stopping";
    // New work is refused first, what was accepted is answered, and only then the lines are cut.
    http.close();
    await withLimit(Promise.all([drain(), stream.stop()]), config.SHUTDOWN_TIMEOUT_MS);
    // The answers are made by now, but not all of them are written.
    await nextTurn();
    await realtime.stop();
    http.closeAllConnections();
  });
  // Only now: had the port been taken, the secret would be made and never shown.
  const firstToken = await bootstrap(sequelize, {
    email: config.BOOTSTRAP_EMAIL,
    token: config.BOOTSTRAP_TOKEN,
  });
  phase = "serving";
  return { url: urlOf(http, config), firstToken };
}

function urlOf(http: HttpServer, config: Config): string {
  const { port } = http.address() as AddressInfo;
  const host = config.HOST === "0.0.0.0" || config.HOST === "::" ? "localhost" : config.HOST;
  return config.PUBLIC_URL ?? `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function listen(http: HttpServer, config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", (error: NodeJS.ErrnoException) => {
      const busy = error.code === "EADDRINUSE";
      reject(
        new Error(
          busy
            ? `Port ${config.PORT} on ${config.HOST} is in use. Set PORT to another one, or 0 for any`
            : `Cannot listen on ${config.HOST}:${config.PORT}: ${error.message}`,
        ),
      );
    });
    http.listen(config.PORT, config.HOST, resolve);
  });
}

/** Asks PostgreSQL once at a time, however many ask us. */
function createDatabaseCheck(sequelize: Sequelize): Parts["database"] {
  let asking: Promise<"ok" | "away"> | undefined;
  return () => {
    asking ??= withLimit(sequelize.query("SELECT 1"), CHECK_MS)
      .then(
        (answered) => (answered ? ("ok" as const) : ("away" as const)),
        () => "away" as const,
      )
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
}

/** Waits for work, but no longer than the limit; resolves with whether the work was done. */
async function withLimit(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  return Promise.race([work.then(() => true), limit]).finally(() => clearTimeout(timer));
}
