import type { Bench } from "../load/bench.ts";
import type { Session } from "../load/dialects/dialect.ts";
import { readEvents } from "../load/event_source.ts";
import { Follower, Reader } from "../load/follower.ts";
import { Latencies } from "../load/latencies.ts";
import { textOf } from "../load/text.ts";
import { fanOutTo, pipelined } from "./fan_out.ts";
import type { Workload } from "./workload.ts";

const SUBSCRIBERS = 100;
const BEHIND = 10_000;
const CATCH_UPS = 3;

/** Followers that need no more than HTTP, while the writer is on Socket.IO as everywhere. */
export const httpStream: Workload = {
  title: "HTTP: following a session as Server-Sent Events",
  figures: {
    deliveries: { title: "deliveries", unit: "/s", better: "higher" },
    all: { title: "until it has all", unit: "ms", better: "lower" },
  },
  ratio_of: "deliveries",
  peers: ["taskmaster", "naive"],
  nodes: 1,
  cases: (quick) => [
    {
      variant: `${SUBSCRIBERS} subscribers, pipelined`,
      run: (bench) => fanOutTo(bench, SUBSCRIBERS, pipelined(quick ? 1 : 2), followAll),
    },
    { variant: `${BEHIND} behind`, run: catchUpOften },
  ],
};

async function followAll(bench: Bench, session: Session, count: number): Promise<Follower[]> {
  const reader = new Reader(readEvents, bench.dialect.numbered);
  const followers: Follower[] = [];
  for (let person = 0; person < count; person += 1) {
    const follower = new Follower(bench.dialect.numbered, session.head);
    await bench.openEvents(session, (payload) => take(follower, reader, payload), person);
    followers.push(follower);
  }
  return followers;
}

function take(follower: Follower, reader: Reader, payload: Buffer): void {
  const events = reader.read(payload);
  if ("texts" in events) follower.take(events);
}

async function catchUpOften(bench: Bench) {
  const owner = await bench.connect();
  const fill = async () => {
    const session = await bench.createSession(owner, [bench.people[0]!]);
    await bench.dialect.fill(bench.database, session.session_id, BEHIND);
    return session;
  };
  const times = new Latencies();
  await catchUp(bench, await fill());
  await bench.measure(async () => {
    // Each from a session of its own, of which the server knows nothing yet.
    for (let index = 0; index < CATCH_UPS; index += 1)
      times.add(await catchUp(bench, await fill()));
  });
  return { all: times.quantile(0.5) };
}

/**
 * The clock stops with the last event, and what came is checked afterwards.
 * @returns milliseconds, from connecting on
 */
async function catchUp(bench: Bench, session: Session): Promise<number> {
  const last = Buffer.from(textOf(BEHIND));
  const payloads: Buffer[] = [];
  const started = performance.now();
  const ended = await new Promise<number>((resolve, reject) => {
    const hold = (payload: Buffer) => {
      payloads.push(Buffer.from(payload));
      if (payload.includes(last)) resolve(performance.now());
    };
    bench.openEvents(session, hold).catch(reject);
  });
  const reader = new Reader(readEvents, bench.dialect.numbered);
  const follower = new Follower(bench.dialect.numbered, session.head);
  for (const payload of payloads) take(follower, reader, payload);
  if (follower.received !== BEHIND) {
    throw new Error(`${follower.received} messages came instead of ${BEHIND}`);
  }
  return ended - started;
}
