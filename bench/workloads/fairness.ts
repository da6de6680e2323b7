import { PacedRooms, type PacedTimes } from "../load/paced_rooms.ts";
import { postFor } from "../load/posting.ts";
import type { Workload } from "./workload.ts";

const QUIET_SESSIONS = 100;
const QUIET_POSTS_PER_SECOND = 100;
const HOT_WRITERS = 16;
const IN_FLIGHT = 64;

/** Whether the people of quiet sessions feel that one session has all it can get. */
export const fairness: Workload = {
  title: "Fairness: 100 quiet sessions beside one at full load",
  figures: {
    beside_p99: { title: "quiet post to delivery beside it, p99", unit: "ms", better: "lower" },
    beside_p50: { title: "quiet post to delivery beside it, p50", unit: "ms", better: "lower" },
    alone_p99: { title: "quiet post to delivery alone, p99", unit: "ms", better: "lower" },
    alone_p50: { title: "quiet post to delivery alone, p50", unit: "ms", better: "lower" },
    hot_posts: { title: "posts of the hot session", unit: "/s", better: "higher" },
  },
  ratio_of: "beside_p99",
  peers: ["taskmaster", "naive", "naive_numbered"],
  nodes: 1,
  cases: (quick) => [
    {
      variant: "",
      async run(bench) {
        const seconds = quick ? 3 : 5;
        const rooms = await PacedRooms.open(bench, QUIET_SESSIONS, 1);
        const clients = await bench.connectAll(HOT_WRITERS);
        const { session_id } = await bench.createSession(clients[0]!, bench.people);
        const writers = clients.map((client) => ({ client, session_id }));

        await rooms.post(QUIET_POSTS_PER_SECOND, 1);
        const alone = await rooms.post(QUIET_POSTS_PER_SECOND, seconds);
        let beside!: PacedTimes;
        let hotPosts = 0;
        const measured = await bench.measure(async () => {
          [beside, hotPosts] = await Promise.all([
            rooms.post(QUIET_POSTS_PER_SECOND, seconds),
            postFor(bench, writers, IN_FLIGHT, seconds),
          ]);
        });
        return {
          beside_p99: beside.deliveries.quantile(0.99),
          beside_p50: beside.deliveries.quantile(0.5),
          alone_p99: alone.deliveries.quantile(0.99),
          alone_p50: alone.deliveries.quantile(0.5),
          hot_posts: hotPosts / measured,
        };
      },
    },
  ],
};
