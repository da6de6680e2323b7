import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Logger } from "pino";
import type { Sequelize } from "sequelize";
import { v7 as uuidv7 } from "uuid";
import { refusalOf } from "./actions/refusal.ts";
import { createAuthenticate } from "./authenticate.ts";
import { bootstrap } from "./bootstrap.ts";
import type { Config } from "./config.ts";
import { AppendConnection } from "./database/append_connection.ts";
import { connect } from "./database/connection.ts";
import { startEmbedded } from "./database/embedded.ts";
import { migrateAt } from "./database/migrator.ts";
import { Deadlines } from "./deadlines.ts";
import { createExecutor } from "./execute.ts";
import { createApp } from "./http/app.ts";
import type { Parts, Phase } from "./http/health.ts";
import { ignoreUpgrades } from "./http/upgrades.ts";
import { withLimit } from "./limit.ts";
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

/** Connections that append: while some wait for the disk or the node, PostgreSQL works for another. */
const APPEND_LANES = 4;
/** How long a stopping node waits for each part that PostgreSQL, not answering, holds up. */
const CLOSE_MS = 2_000;

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
  try {
    const applied = await migrateAt(url, () =>
      logger.info("waiting for another node's migrations"),
    );
    if (applied.length > 0) logger.info({ applied }, "the database was migrated");
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
  const sequelize = connect(url, config.DATABASE_POOL_MAX);
  const close = async () => {
    await withLimit(sequelize.close(), CLOSE_MS);
    await embedded?.stop();
  };
  const description = embedded?.description ?? "PostgreSQL of DATABASE_URL";
  return { url, description, sequelize, close };
}

async function serve(
  config: Config,
  parentLogger: Logger,
  database: Database,
  cleanups: (() => unknown)[],
): Promise<{ url: string; firstToken: string | null }> {
  const node_id = uuidv7();
  const logger = parentLogger.child({ node_id });
  const { sequelize } = database;
  const redis = config.REDIS_URL ? connectRedis(config.REDIS_URL, logger) : null;
  cleanups.push(() => redis?.close());

  const lanes = Array.from({ length: APPEND_LANES }, () => new AppendConnection(database.url));
  cleanups.push(() => withLimit(Promise.all(lanes.map((lane) => lane.close())), CLOSE_MS));
  const stream = new Stream({
    lanes: lanes.map(({ transact }) => transact),
    queueBytes: config.APPEND_QUEUE_BYTES,
    pollMs: config.STREAM_POLL_MS,
    hints: (onHint) => (redis ? new RedisHints({ ...redis, node_id, onHint }) : noHints),
    feed: {
      bufferBytes: config.SUBSCRIBER_BUFFER_BYTES,
      history: new History(config.STREAM_CACHE_BYTES),
      onError: (error) => {
        // revocations.ts says once that the database is away.
        const level = refusalOf(error)?.code === "unavailable" ? "debug" : "warn";
        logger[level]({ err: error }, "reading a stream failed; trying again");
      },
    },
  });
  const revocations = new Revocations({
    connection: { connectionString: database.url },
    stream,
    logger,
  });
  cleanups.push(() => withLimit(revocations.stop(), CLOSE_MS));
  await revocations.start();

  const deadlines = new Deadlines(sequelize, stream, (error) =>
    logger.debug({ err: error }, "looking for what is overdue failed; trying again"),
  );
  cleanups.push(() => withLimit(deadlines.stop(), CLOSE_MS));

  let phase: Phase = "starting";
  const parts: Parts = {
    database: async () => ((await revocations.answers()) ? "ok" : "away"),
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
