import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { startEmbedded } from "../server/database/embedded.ts";
import { startRedis } from "../test/support/redis.ts";
import { type Cores, moveTo, startOn } from "./cores.ts";
import type { Target } from "./load/bench.ts";
import type { PeerName } from "./load/dialects/index.ts";
import { OWNER_TOKEN } from "./load/dialects/taskmaster.ts";

/** A server under test that runs, as one process or several. */
export interface Running {
  readonly target: Target;
  stop(): Promise<void>;
}

/** A private PostgreSQL and Redis, and the servers that use them. */
export interface Stage {
  readonly database_url: string;
  readonly redis_url: string;
  /** Starts a server on a new database; its nodes share the Redis when there are several. */
  start(peer: PeerName, nodes: number): Promise<Running>;
  /** Ends everything, also the servers that still run. */
  stop(): Promise<void>;
}

/**
 * Builds Taskmaster and starts what every server needs. PostgreSQL keeps its durable settings.
 * @param cores null to pin nothing
 * @param nodeArguments further arguments of Node, for the servers under test
 */
export async function startStage(
  cores: Cores | null,
  nodeArguments: string[] = [],
): Promise<Stage> {
  execFileSync("npm", ["run", "build"], { stdio: ["ignore", "ignore", "inherit"] });
  if (cores) moveTo(cores.postgres);
  const dataDir = await mkdtemp(join(tmpdir(), "taskmaster_bench_"));
  const postgres = await startEmbedded({ dataDir });
  const redis = await startRedis({ own: true });
  if (cores) moveTo(cores.load);
  const pidFile = await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8");
  const admin = new pg.Client(postgres.url);
  await admin.connect();
  let databases = 0;
  const processes = new Set<ChildProcess>();
  const end = async (child: ChildProcess) => {
    processes.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
  };

  return {
    database_url: postgres.url,
    redis_url: redis.url,

    async start(peer, nodes) {
      databases += 1;
      const name = `bench_${databases}`;
      await admin.query(`CREATE DATABASE ${name}`);
      const database_url = postgres.url.replace("/taskmaster?", `/${name}?`);
      const env = { DATABASE_URL: database_url, REDIS_URL: nodes > 1 ? redis.url : "" };
      const started: { process: ChildProcess; url: string }[] = [];
      for (let node = 0; node < nodes; node += 1) {
        const server = await startServer(peer, env, cores?.server, nodeArguments);
        processes.add(server.process);
        started.push(server);
      }
      return {
        target: {
          peer,
          database_url,
          urls: started.map(({ url }) => url),
          servers: started.map(({ process }) => process.pid!),
          postgres: Number.parseInt(pidFile, 10),
        },
        stop: async () => {
          for (const { process } of started) await end(process);
          await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
        },
      };
    },

    async stop() {
      for (const process of processes) await end(process);
      await admin.end();
      await redis.stop();
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** What `npm start` gives to Node. */
async function startArguments(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile("package.json", "utf8"));
  return scripts.start.replace(/^exec node /, "").split(" ");
}

/** Taskmaster as it is deployed; every other peer is a file of bench/peers. */
async function startServer(
  peer: PeerName,
  env: Record<string, string>,
  cores: string | undefined,
  nodeArguments: string[],
): Promise<{ process: ChildProcess; url: string }> {
  const file =
    peer === "taskmaster" ? await startArguments() : ["--import", "tsx", `bench/peers/${peer}.ts`];
  const [command, args] = startOn(cores, [process.execPath, ...nodeArguments, ...file]);
  const child = spawn(command, args, {
    env: {
      ...process.env,
      NODE_ENV: "production",
      PORT: "0",
      LOG_LEVEL: "warn",
      BOOTSTRAP_EMAIL: "owner@example.org",
      BOOTSTRAP_TOKEN: OWNER_TOKEN,
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    const [, url] = /(?:running|listening) at (\S+)/.exec(line) ?? [];
    if (!url) continue;
    child.stdout!.resume(); // a full pipe would stop it
    return { process: child, url };
  }
  throw new Error(`${peer} ended at its start`);
}
