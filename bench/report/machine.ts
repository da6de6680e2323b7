import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { Redis } from "ioredis";
import pg from "pg";
import type { Machine } from "./result.ts";

/** The settings that decide whether a commit survives a power cut, and what it costs. */
const DURABILITY = [
  "fsync",
  "synchronous_commit",
  "full_page_writes",
  "wal_sync_method",
  "shared_buffers",
  "max_wal_size",
];

/**
 * Describes this machine and the programs on it, as they say it themselves.
 * @param databaseUrl of a PostgreSQL that runs
 * @param redisUrl of a Redis that runs
 */
export async function describeMachine(databaseUrl: string, redisUrl: string): Promise<Machine> {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() || process.arch,
    cores: cpus().length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
    os: `${distribution()} (${type()} ${release()})`,
    node: process.versions.node,
    ...(await describePostgres(databaseUrl)),
    redis: await describeRedis(redisUrl),
    commit: describeCommit(),
    date: new Date().toISOString(),
  };
}

/** As lines for people. */
export function machineLines(machine: Machine): string[] {
  const { cpu, cores, memory_gib, os, node, postgres, postgres_settings, redis } = machine;
  const settings = Object.entries(postgres_settings).map(([name, value]) => `${name}=${value}`);
  return [
    `${cpu}, ${cores} cores, ${memory_gib} GiB, ${os}`,
    `Node ${node}, PostgreSQL ${postgres}, Redis ${redis}`,
    `PostgreSQL says: ${settings.join(", ")}`,
    `commit ${machine.commit}, ${machine.date}`,
  ];
}

async function describePostgres(
  url: string,
): Promise<Pick<Machine, "postgres" | "postgres_settings">> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; value: string }>(
      `SELECT name, current_setting(name) AS value FROM pg_settings
        WHERE name = ANY ($1) OR name = 'server_version' ORDER BY array_position($1, name)`,
      [DURABILITY],
    );
    const values = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    const { server_version, ...postgres_settings } = values;
    return { postgres: server_version!, postgres_settings };
  } finally {
    await client.end();
  }
}

async function describeRedis(url: string): Promise<string> {
  const redis = new Redis(url);
  try {
    return /redis_version:(\S+)/.exec(await redis.info("server"))?.[1] ?? "of unknown version";
  } finally {
    redis.disconnect();
  }
}

function describeCommit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+";
    return git("rev-parse", "--short", "HEAD") + changed;
  } catch {
    return "unknown";
  }
}

function distribution(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))![1]!;
  } catch {
    return process.platform;
  }
}
