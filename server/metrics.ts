import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What /metrics shows, in the Prometheus text format. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

let readPool: () => Record<string, number> = () => ({});

/** Says where the figures of the database pool are read when somebody asks: state → connections. */
export function observePool(read: () => Record<string, number>): void {
  readPool = read;
}

const registers = [registry];
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Every figure of our own; searching for a name finds where it is counted. */
export const metrics = {
  connections: new Gauge({
    name: "taskmaster_connections",
    help: "Live Socket.IO connections",
    registers,
  }),
  subscribers: new Gauge({
    name: "taskmaster_subscribers",
    help: "Subscriptions to streams on this node, by whether they stand at the delivered point",
    labelNames: ["state"] as const,
    registers,
  }),
  joins: new Counter({
    name: "taskmaster_joins_total",
    help: "Subscriptions begun",
    registers,
  }),
  commands: new Counter({
    name: "taskmaster_commands_total",
    help: "Commands executed, by name and by error code or ok",
    labelNames: ["command", "outcome"] as const,
    registers,
  }),
  appended: new Counter({
    name: "taskmaster_entries_appended_total",
    help: "Entries committed by this node",
    registers,
  }),
  batchSize: new Histogram({
    name: "taskmaster_append_batch_size",
    help: "Posts stored by one commit",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    registers,
  }),
  commitSeconds: new Histogram({
    name: "taskmaster_append_commit_seconds",
    help: "Time of one append transaction",
    buckets: seconds,
    registers,
  }),
  deliverySeconds: new Histogram({
    name: "taskmaster_delivery_seconds",
    help: "From an entry's created_at to its hand-over to the live subscribers of this node",
    buckets: seconds,
    registers,
  }),
  delivered: new Counter({
    name: "taskmaster_entries_delivered_total",
    help: "Entries handed over to subscribers, counted once per subscriber",
    registers,
  }),
  historyBytes: new Gauge({
    name: "taskmaster_stream_cache_bytes",
    help: "Memory taken by entries that were read or delivered lately",
    registers,
  }),
  hintsLost: new Counter({
    name: "taskmaster_hints_lost_total",
    help: "Hints that could not be published because Redis was away",
    registers,
  }),
  hintsRepaired: new Counter({
    name: "taskmaster_hints_repaired_total",
    help: "Times the poll found entries that no hint had announced",
    registers,
  }),
  signalsLost: new Counter({
    name: "taskmaster_signals_lost_total",
    help: "Presence, typing and token signals that did not reach the other nodes",
    registers,
  }),
  poolConnections: new Gauge({
    name: "taskmaster_database_pool_connections",
    help: "Database connections of this node, by state",
    labelNames: ["state"] as const,
    registers,
    collect() {
      for (const [state, count] of Object.entries(readPool())) this.set({ state }, count);
    },
  }),
} as const;

const counters = new Map<string, { inc(): void }>();

/**
 * Counts a command.
 * @param outcome `ok` or an error code
 */
export function countCommand(command: string, outcome: string): void {
  const key = `${command} ${outcome}`;
  let counter = counters.get(key);
  if (!counter) {
    // Looking labels up costs as much as a command's checks, and these are few and fixed.
    counter = metrics.commands.labels({ command, outcome });
    counters.set(key, counter);
  }
  counter.inc();
}
