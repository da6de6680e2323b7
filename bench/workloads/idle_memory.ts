import { setTimeout as pause } from "node:timers/promises";
import type { Bench } from "../load/bench.ts";
import { collectGarbage } from "../load/inspector.ts";
import { residentBytes } from "../load/processor_time.ts";
import type { Workload } from "./workload.ts";

/** Connections before the first weighing, so that all code is loaded by then. */
const FIRST = 200;
/**
 * Before each weighing. V8 gives memory back for a thread that has done nothing for 8 s, and tsx, which
 * starts the peers, has such a thread: the 10 MB that it lets go then would be taken off the
 * connections of a peer.
 */
const SETTLE_MS = 10_000;
const FOLLOWERS_PER_SESSION = 50;

/** What a connection weighs that does nothing. */
export const idleMemory: Workload = {
  title: "Idle connections: memory of each, after a collection of garbage",
  figures: { memory: { title: "resident memory per connection", unit: "KB", better: "lower" } },
  ratio_of: "memory",
  peers: ["taskmaster", "naive", "naive_numbered", "feathers", "ws"],
  nodes: 1,
  fresh: true,
  cases: (quick) => {
    const count = quick ? 3000 : 5000; // fewer weigh less than what the heap varies by
    return [
      { variant: `${count} connected`, run: (bench) => weigh(bench, count, false) },
      { variant: `${count} following a session`, run: (bench) => weigh(bench, count, true) },
    ];
  },
};

async function weigh(bench: Bench, count: number, follow: boolean) {
  await connectMore(bench, FIRST, follow);
  const before = await residentAfterCollection(bench);
  await connectMore(bench, count, follow);
  const after = await residentAfterCollection(bench);
  return { memory: (after - before) / 1024 / count };
}

async function connectMore(bench: Bench, count: number, follow: boolean): Promise<void> {
  const clients = await bench.connectAll(count);
  if (!follow) return;
  const owner = await bench.connect();
  for (let first = 0; first < count; first += FOLLOWERS_PER_SESSION) {
    const group = clients.slice(first, first + FOLLOWERS_PER_SESSION);
    const session = await bench.createSession(owner, bench.people);
    for (const client of group) await client.join(session);
  }
}

/** What a server weighs when it has come to rest, in bytes. */
export async function residentAfterCollection(bench: Bench): Promise<number> {
  const [server] = bench.target.servers;
  await pause(SETTLE_MS); // by then also what was under way, such as presence, has come to its end
  await collectGarbage(server!);
  await pause(500); // and V8 gives memory back in the background
  return residentBytes(server!);
}
