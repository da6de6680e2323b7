import { readFileSync, writeFileSync } from "node:fs";

/**
 * What a unit of each work costs, as bench/measure_constants.ts measured it. Seconds of one core
 * and bytes, which add up over processes, machines and sessions as rates do not.
 */
export interface Constants {
  /** One post at load, besides its share of a commit. */
  readonly post: { readonly node: number; readonly postgres: number; readonly wal_bytes: number };
  /** One transaction that stores posts, however many. */
  readonly commit: { readonly node: number; readonly postgres: number };
  /** One entry for one subscriber, in a frame of its own; and in one with others, at load. */
  readonly delivery: { readonly node: number; readonly packed: number; readonly bytes: number };
  /** One hint: to publish it, to take it, and what Redis needs for it and for each who takes it. */
  readonly hint: {
    readonly publish: number;
    readonly receive: number;
    readonly redis: number;
    readonly redis_receiver: number;
  };
  /** One session.join, the first of its session on the node. */
  readonly join: { readonly node: number; readonly postgres: number };
  /** One look at the head of one followed session. */
  readonly poll: { readonly node: number; readonly postgres: number };
  /** One report of who is connected to a session, to one node. */
  readonly presence: { readonly send: number; readonly receive: number; readonly redis: number };
  /** What a node keeps in memory for one idle connection, and for one followed session. */
  readonly memory: { readonly connection: number; readonly session: number };
  /** One load on 1, 2 and 4 nodes: what a post cost all of them, beside what the above adds up to. */
  readonly processes: readonly {
    readonly nodes: number;
    readonly node: number;
    readonly predicted: number;
    readonly postgres: number;
    readonly redis: number;
  }[];
}

const FILE = new URL("constants.json", import.meta.url);

/** Reads what was measured last. */
export function readConstants(): Constants {
  return JSON.parse(readFileSync(FILE, "utf8"));
}

/** Replaces some of it with what was measured now. */
export function writeConstants(measured: Partial<Constants>): void {
  const rounded = (_key: string, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(3)) : value;
  const merged = { ...readConstants(), ...measured };
  writeFileSync(FILE, `${JSON.stringify(merged, rounded, 2)}\n`);
}
