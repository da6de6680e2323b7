import { access, constants, readFile, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { Redis } from "ioredis";
import { type Config, ConfigError, loadConfig } from "../server/config.ts";
import { packageRoot } from "../server/package_root.ts";
import { checkDatabase } from "./check_database.ts";
import { causeOf, type Finding } from "./finding.ts";

const GIBIBYTE = 2 ** 30;
const PATIENCE_MS = 2000;
/** The first whose cluster can do sharded pub/sub. */
const OLDEST_CLUSTER = 7;

/**
 * Looks at everything that a server in this environment needs, and changes nothing.
 * @param env such as process.env
 */
export async function* runChecks(env: NodeJS.ProcessEnv): AsyncGenerator<Finding> {
  yield await checkNode();
  let config: Config;
  try {
    config = loadConfig(env);
    yield { name: "configuration", status: "ok", found: "every variable is well-formed" };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const found = error.message.replace(/\s*\n\s*/g, " ");
    const advice = "docs/configuration.md says what each variable must be";
    yield { name: "configuration", status: "fault", found, advice };
    return;
  }
  yield* checkDatabase(config);
  yield* checkRedis(config.REDIS_URL ?? []);
  yield await checkPort(config);
  if (config.DATABASE_URL === undefined) yield await checkFolder(config.DATA_DIR);
}

async function checkNode(): Promise<Finding> {
  const { engines } = JSON.parse(await readFile(join(packageRoot, "package.json"), "utf8"));
  const needed = /(\d+)\.(\d+)/.exec(engines.node)!.slice(1).map(Number);
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [least = 0, leastMinor = 0] = needed;
  const enough = major > least || (major === least && minor >= leastMinor);
  const found = `${process.versions.node} on ${process.platform}-${process.arch}`;
  if (enough) return { name: "node", status: "ok", found };
  return { name: "node", status: "fault", found, advice: `install Node.js ${needed.join(".")}` };
}

async function* checkRedis(urls: readonly string[]): AsyncGenerator<Finding> {
  const name = "redis";
  if (urls.length === 0) yield { name, status: "ok", found: "none: a single node needs none" };
  for (const url of urls) {
    // Never the URL itself: it may hold a password.
    const place = new URL(url).host;
    const redis = new Redis(url, {
      lazyConnect: true,
      connectTimeout: PATIENCE_MS,
      commandTimeout: PATIENCE_MS,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    let reason: Error | undefined;
    redis.on("error", (error: Error) => {
      reason = error;
    });
    try {
      await redis.connect();
      const version = /redis_version:(\S+)/.exec(await redis.info("server"))?.[1] ?? "unknown";
      const found = `Redis ${version} at ${place}`;
      const old = urls.length > 1 && Number.parseInt(version, 10) < OLDEST_CLUSTER;
      const advice = `a cluster needs Redis ${OLDEST_CLUSTER} or newer`;
      yield old ? { name, status: "fault", found, advice } : { name, status: "ok", found };
    } catch (error) {
      const found = `${place} does not answer: ${causeOf(reason ?? error)}`;
      const advice =
        "start Redis, or correct REDIS_URL; without it entries reach other nodes later";
      yield { name, status: "fault", found, advice };
    } finally {
      redis.disconnect();
    }
  }
}

async function checkPort({ HOST, PORT }: Config): Promise<Finding> {
  const name = "port";
  const place = `${HOST}:${PORT}`;
  if (PORT === 0) return { name, status: "ok", found: `any free one of ${HOST}` };
  const fault = await new Promise<NodeJS.ErrnoException | null>((done) => {
    const server = createServer();
    server.once("error", done);
    server.listen(PORT, HOST, () => server.close(() => done(null)));
  });
  if (fault === null) return { name, status: "ok", found: `${place} is free` };
  const version = fault.code === "EADDRINUSE" ? await runningVersion(HOST, PORT) : null;
  if (version !== null) {
    return { name, status: "ok", found: `Taskmaster ${version} is serving at ${place}` };
  }
  return {
    name,
    status: "fault",
    found: fault.code === "EADDRINUSE" ? `${place} is in use` : `${place}: ${fault.message}`,
    advice: "set PORT to a free one, or 0 for any, and HOST to an address of this machine",
  };
}

/** The version of the Taskmaster that listens there; null when something else does. */
async function runningVersion(host: string, port: number): Promise<string | null> {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(`http://${reachable}:${port}/readyz`, { signal });
    const { version, node_id } = (await response.json()) as Record<string, unknown>;
    return typeof version === "string" && typeof node_id === "string" ? version : null;
  } catch {
    return null;
  }
}

async function checkFolder(data_dir: string): Promise<Finding> {
  const name = "disk";
  const folder = await nearest(resolve(data_dir));
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(folder);
    const gibibytes = (bavail * bsize) / GIBIBYTE;
    const found = `${gibibytes.toFixed(1)} GiB free for ${resolve(data_dir)}`;
    if (gibibytes >= 1) return { name, status: "ok", found };
    const advice = "make room, or set DATA_DIR to a folder on a larger disk";
    return { name, status: gibibytes < 0.1 ? "fault" : "warning", found, advice };
  } catch (error) {
    const found = `${folder} cannot be written to: ${causeOf(error)}`;
    const advice = "set DATA_DIR to a folder that this user may write, or DATABASE_URL";
    return { name, status: "fault", found, advice };
  }
}

/** The folder itself, or the nearest above it that exists. */
async function nearest(folder: string): Promise<string> {
  try {
    await access(folder);
    return folder;
  } catch {
    return dirname(folder) === folder ? folder : nearest(dirname(folder));
  }
}
