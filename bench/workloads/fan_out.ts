import type { Bench } from "../load/bench.ts";
import type { Client } from "../load/client.ts";
import type { Session } from "../load/dialects/dialect.ts";
import type { Follower } from "../load/follower.ts";
import { postFor } from "../load/posting.ts";
import type { Case, Workload } from "./workload.ts";

const IN_FLIGHT = 64;

/** One who writes and many who follow: the cost of a delivery. */
export const fanOut: Workload = {
  title: "Fan-out: one writer, many who follow",
  figures: { deliveries: { title: "deliveries", unit: "/s", better: "higher" } },
  ratio_of: "deliveries",
  peers: ["taskmaster", "naive", "naive_numbered", "feathers", "ws", "ws_coalesced"],
  nodes: 1,
  cases: (quick) =>
    (quick ? [500] : [100, 500, 2000]).flatMap((count): Case[] => [
      {
        variant: `${count} subscribers, pipelined`,
        run: (bench) => fanOutTo(bench, count, pipelined(quick ? 1 : 2)),
      },
      {
        variant: `${count} subscribers, one in flight`,
        run: (bench) => fanOutTo(bench, count, oneInFlight(quick ? 1 : 2)),
      },
    ]),
};

/** Who writes, where, and who gets it. */
interface Audience {
  readonly bench: Bench;
  readonly writer: Client;
  readonly session_id: string;
  readonly followers: readonly Follower[];
}

/** Posts for some time; resolves with the number of posts when every follower has all of them. */
type Posting = (audience: Audience, seconds?: number) => Promise<number>;

/** Lets so many follow a session from its head on. */
type Following = (bench: Bench, session: Session, count: number) => Promise<Follower[]>;

/**
 * Lets one writer post to so many subscribers.
 * @returns deliveries per second
 */
export async function fanOutTo(
  bench: Bench,
  count: number,
  posting: Posting,
  follow: Following = joinAll,
) {
  const writer = await bench.connect();
  const session = await bench.createSession(writer, bench.people);
  const followers = await follow(bench, session, count);
  const audience = { bench, writer, session_id: session.session_id, followers };

  await posting(audience, 0.3);
  let posts = 0;
  const seconds = await bench.measure(async () => {
    posts = await posting(audience);
  });
  return { deliveries: (posts * count) / seconds };
}

/** Over connections like the writer's, spread over the nodes. */
async function joinAll(bench: Bench, session: Session, count: number): Promise<Follower[]> {
  const clients = await bench.connectAll(count);
  const followers: Follower[] = [];
  for (const client of clients) followers.push(await client.join(session));
  return followers;
}

/** The writer always has 64 posts on the way. */
export function pipelined(window: number): Posting {
  return async ({ bench, writer, session_id, followers }, seconds = window) => {
    const before = followers[0]!.received;
    const posts = await postFor(bench, [{ client: writer, session_id }], IN_FLIGHT, seconds);
    await Promise.all(followers.map((follower) => follower.reached(before + posts)));
    return posts;
  };
}

/** The next post leaves when everybody has the last, and the writer its acknowledgement. */
export function oneInFlight(window: number): Posting {
  return async ({ bench, writer, session_id, followers }, seconds = window) => {
    const end = performance.now() + seconds * 1000;
    let posts = 0;
    while (performance.now() < end) {
      posts += 1;
      await new Promise<void>((resolve) => {
        let missing = followers.length + 1;
        const arrived = () => {
          missing -= 1;
          if (missing === 0) resolve();
        };
        for (const follower of followers) follower.onDelivery = arrived;
        writer.post(session_id, bench.nextText(), arrived);
      });
    }
    return posts;
  };
}
