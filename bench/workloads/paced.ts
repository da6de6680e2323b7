import { PacedRooms, type PacedTimes } from "../load/paced_rooms.ts";
import type { Workload } from "./workload.ts";

const SESSIONS = 30;
const SUBSCRIBERS = 10;
const POSTS_PER_SECOND = 300;

/** A quiet server: how long one post takes when nothing queues. */
export const paced: Workload = {
  title: "Paced: 300 posts/s over 30 sessions with 10 subscribers each",
  figures: {
    delivery_p50: { title: "post to delivery, p50", unit: "ms", better: "lower" },
    delivery_p99: { title: "post to delivery, p99", unit: "ms", better: "lower" },
    reply_p50: { title: "post to acknowledgement, p50", unit: "ms", better: "lower" },
    reply_p99: { title: "post to acknowledgement, p99", unit: "ms", better: "lower" },
  },
  ratio_of: "delivery_p50",
  peers: ["taskmaster", "naive", "naive_numbered", "feathers", "ws"],
  nodes: 1,
  cases: (quick) => [
    {
      variant: "",
      async run(bench) {
        const rooms = await PacedRooms.open(bench, SESSIONS, SUBSCRIBERS);
        await rooms.post(POSTS_PER_SECOND, 1);
        let times!: PacedTimes;
        await bench.measure(async () => {
          times = await rooms.post(POSTS_PER_SECOND, quick ? 3 : 5);
        });
        return {
          delivery_p50: times.deliveries.quantile(0.5),
          delivery_p99: times.deliveries.quantile(0.99),
          reply_p50: times.replies.quantile(0.5),
          reply_p99: times.replies.quantile(0.99),
        };
      },
    },
  ],
};
