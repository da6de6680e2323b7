import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { freePort } from "./port.ts";
import { end, launch, type Program, realRedis } from "./redis.ts";

const SHARDS = 3;
/** Redis divides all channels and keys among so many slots; see its cluster specification. */
const SLOTS = 16_384;

/** A Redis Cluster of three masters without replicas, on this machine. */
export interface TestRedisCluster {
  /** What a node takes as REDIS_URL. */
  readonly url: string;
  readonly shards: readonly Shard[];
  stop(): Promise<void>;
}

/** One master of the cluster. */
export class Shard {
  readonly port: number;
  readonly #program: Program;
  #child: ChildProcess | undefined;

  /** @param folder where it notes who else is in the cluster */
  private constructor(path: string, port: number, busPort: number, folder: string) {
    this.port = port;
    const { args, ...program } = realRedis(path);
    const options = {
      "--cluster-enabled": "yes",
      "--cluster-port": busPort,
      "--cluster-config-file": join(folder, `${port}.conf`),
      // Milliseconds until a shard that does not answer counts as failed.
      "--cluster-node-timeout": 1000,
    };
    const more = Object.entries(options).flatMap(([name, value]) => [name, String(value)]);
    this.#program = { ...program, args: () => [...args(port), ...more] };
  }

  static async begin(path: string, folder: string): Promise<[Shard, number]> {
    const [port, busPort] = [await freePort(), await freePort()];
    const shard = new Shard(path, port, busPort, folder);
    await shard.start();
    return [shard, busPort];
  }

  async start(): Promise<void> {
    this.#child = await launch(this.#program, this.port);
  }

  /** Ends it like a power cut does; it keeps its place in the cluster. */
  async stop(): Promise<void> {
    if (this.#child) await end(this.#child);
  }

  /** Sends it commands over a connection of their own. */
  async ask<Answer>(commands: (redis: Redis) => Promise<Answer>): Promise<Answer> {
    const redis = new Redis(this.port, "127.0.0.1");
    try {
      return await commands(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** How often it executed a command, such as "spublish". */
  async calls(command: string): Promise<number> {
    const text = await this.ask((redis) => redis.info("commandstats"));
    return Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, "m").exec(text)?.[1] ?? 0);
  }
}

/**
 * Starts a cluster, and resolves when all its nodes say that it is complete.
 * @param path of a real Redis
 */
export async function startRedisCluster(path: string): Promise<TestRedisCluster> {
  const folder = await mkdtemp(join(tmpdir(), "redis-cluster-"));
  const begun: [Shard, number][] = [];
  for (let index = 0; index < SHARDS; index += 1) begun.push(await Shard.begin(path, folder));
  const shards = begun.map(([shard]) => shard);
  const [first, firstBusPort] = begun[0]!;
  for (const [index, shard] of shards.entries()) {
    const from = Math.ceil((index * SLOTS) / SHARDS);
    const to = Math.ceil(((index + 1) * SLOTS) / SHARDS) - 1;
    await shard.ask(async (redis) => {
      await redis.cluster("ADDSLOTSRANGE", from, to);
      await redis.call("CLUSTER", "MEET", "127.0.0.1", first.port, firstBusPort);
    });
  }
  await Promise.all(shards.map(isComplete));
  return {
    url: shards.map(({ port }) => `redis://127.0.0.1:${port}`).join(","),
    shards,
    stop: async () => {
      await Promise.all(shards.map((shard) => shard.stop()));
      await rm(folder, { recursive: true });
    },
  };
}

async function isComplete(shard: Shard): Promise<void> {
  await shard.ask(async (redis) => {
    while (!/cluster_state:ok/.test(String(await redis.cluster("INFO")))) await pause(50);
  });
}
