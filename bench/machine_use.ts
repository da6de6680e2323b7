import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { readMetrics } from "../test/support/metrics.ts";
import { Bench, type Target } from "./load/bench.ts";
import { processorTime } from "./load/processor_time.ts";

/** What was used up meanwhile, beyond what idling takes: seconds of a core, and bytes. */
export interface Used {
  /** By each node. */
  readonly nodes: readonly number[];
  readonly postgres: number;
  readonly redis: number;
  readonly wal_bytes: number;
  /** Transactions by which the nodes stored posts. */
  readonly commits: number;
  readonly seconds: number;
}

const IDLE_MS = 10_000;

/** Some nodes with an empty database, and a meter on them and their services. */
export class Machine {
  readonly bench: Bench;
  readonly #redis: Redis;
  readonly #redis_pid: number;
  /** What the machine uses in so many seconds with nothing to do. */
  #idle: Used | null = null;

  private constructor(bench: Bench, redis: Redis, redis_pid: number) {
    this.bench = bench;
    this.#redis = redis;
    this.#redis_pid = redis_pid;
  }

  static async open(target: Target, redis_url: string): Promise<Machine> {
    const redis = new Redis(redis_url);
    const [, pid] = /^process_id:(\d+)/m.exec(await redis.info("server"))!;
    const machine = new Machine(await Bench.open(target), redis, Number(pid));
    machine.#idle = await machine.use(() => pause(IDLE_MS));
    return machine;
  }

  /** Lets a section run, and gives what was used meanwhile. */
  async use(section: () => Promise<unknown>): Promise<Used> {
    const before = await this.#soFar();
    await section();
    const after = await this.#soFar();
    const seconds = after.seconds - before.seconds;
    const idle = this.#idle;
    const used = (of: (used: Used) => number) =>
      of(after) - of(before) - (idle ? (seconds / idle.seconds) * of(idle) : 0);
    return {
      nodes: after.nodes.map((_, node) => used(({ nodes }) => nodes[node]!)),
      postgres: used(({ postgres }) => postgres),
      redis: used(({ redis }) => redis),
      wal_bytes: used(({ wal_bytes }) => wal_bytes),
      commits: used(({ commits }) => commits),
      seconds,
    };
  }

  async close(): Promise<void> {
    this.bench.finish();
    await this.bench.database.end();
    this.#redis.disconnect();
  }

  async #soFar(): Promise<Used> {
    const { servers, postgres, urls } = this.bench.target;
    const { rows } = await this.bench.database.query(
      "SELECT pg_current_wal_insert_lsn() - '0/0' AS bytes",
    );
    const figures = await Promise.all(urls.map(readMetrics));
    const commits = figures.map((one) => one.get("taskmaster_append_commit_seconds_count") ?? 0);
    const timeOf = (pid: number) => processorTime([pid], postgres).server;
    return {
      nodes: servers.map(timeOf),
      postgres: processorTime([], postgres).postgres,
      redis: timeOf(this.#redis_pid),
      wal_bytes: Number(rows[0].bytes),
      commits: commits.reduce((sum, count) => sum + count, 0),
      seconds: performance.now() / 1000,
    };
  }
}
