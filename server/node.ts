import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import type { Sequelize } from "sequelize";
import { v7 as uuidv7 } from "uuid";
import { createAuthenticate } from "./authenticate.ts";
import { bootstrap } from "./bootstrap.ts";
import type { Config } from "./config.ts";
import { connect } from "./database/connection.ts";
import { startEmbedded } from "./database/embedded.ts";
import { migrate } from "./database/migrator.ts";
import { createExecute } from "./execute.ts";
import { createApp } from "./http/app.ts";
import type { Parts } from "./http/health.ts";
import { createOriginCheck } from "./origins.ts";
import { Realtime } from "./realtime/server.ts";
import { connectRedis } from "./redis.ts";
import { Revocations } from "./revocations.ts";
import { noHints, RedisHints } from "./stream/hints.ts";
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

/**
 * Boots a node: its database, its migrations, the stream, both transports.
 * @throws Error when a part that it cannot do without is not to be had, saying what to do
 */
export async function startNode(config: Config, logger: Logger): Promise<Node> {
  const cleanups: (() => unknown)[] = [];
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) {
      await Promise.resolve(cleanup()).catch((error: unknown) =>
        logger.error({ err: error }, "stopping a part failed"),
      );
    }
  };
  try {
    const database = await openDatabase(config, logger);
    cleanups.push(() => database.close());
    const firstToken = await bootstrap(database.sequelize, {
      email: config.BOOTSTRAP_EMAIL,
      token: config.BOOTSTRAP_TOKEN,
    });
    const url = await serve(config, logger, database, cleanups);
    return {
      url,
      databaseUrl: database.url,
      databaseDescription: database.description,
      firstToken,
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

async function openDatabase(config: Config, logger: Logger): Promise<Database> {
  const embedded = config.DATABASE_URL
    ? null
    : await startEmbedded({
        dataDir: config.DATA_DIR,
        logger,
        onExit: (message) => logger.error(message),
      });
  const url = config.DATABASE_URL ?? embedded!.url;
  const sequelize = connect(url, config.DATABASE_POOL_MAX);
  const close = async () => {
    await sequelize.close();
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
): Promise<string> {
  const node_id = uuidv7();
  const { sequelize } = database;
  const redis = config.REDIS_URL ? connectRedis(config.REDIS_URL, logger) : null;
  cleanups.push(() => redis?.close());

  const stream = new Stream({
    sequelize,
    queueMax: config.APPEND_QUEUE_MAX,
    pollMs: config.STREAM_POLL_MS,
    hints: (onHint) => (redis ? new RedisHints({ ...redis, node_id, onHint }) : noHints),
    feed: {
      bufferBytes: config.SUBSCRIBER_BUFFER_BYTES,
      broadcast: (session_id, entries) => realtime.broadcast(session_id, entries),
      onError: (error) => logger.warn({ err: error }, "reading a stream failed; trying again"),
    },
  });
  const revocations = new Revocations({
    connection: { connectionString: database.url },
    stream,
    logger,
  });
  await revocations.start();
  cleanups.push(() => revocations.stop());

  let stopping = false;
  const parts: Parts = {
    database: () =>
      sequelize.query("SELECT 1").then(
        () => "ok" as const,
        () => "away" as const,
      ),
    redis: () => (redis === null ? "none" : redis.publisher.status === "ready" ? "ok" : "away"),
    stopping: () => stopping,
    databaseDescription: database.description,
    node_id,
  };
  const shared = {
    execute: createExecute({ sequelize, stream, logger, maxBytes: config.MAX_ENTRY_BYTES }),
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
  const http = createServer(createApp({ ...shared, parts, trustProxy: config.TRUST_PROXY }));
  realtime.attach(http);
  await listen(http, config);
  cleanups.push(async () => {
    stopping = true;
    // New work is refused first, what was accepted is answered, and only then the lines are cut.
    http.close();
    await withLimit(stream.stop(), config.SHUTDOWN_TIMEOUT_MS);
    await realtime.stop();
    http.closeAllConnections();
  });
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

async function withLimit(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
