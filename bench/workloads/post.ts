import { Latencies } from "../load/latencies.ts";
import { postFor } from "../load/posting.ts";
import type { Workload } from "./workload.ts";

const SESSIONS = 100;

/** Many sessions with a writer each, who has many posts on the way. Nobody follows. */
export const post: Workload = {
  title: "Post: 100 sessions, a writer each",
  figures: {
    posts: { title: "posts acknowledged", unit: "/s", better: "higher" },
    p50: { title: "post to acknowledgement, p50", unit: "ms", better: "lower" },
    p99: { title: "post to acknowledgement, p99", unit: "ms", better: "lower" },
  },
  ratio_of: "posts",
  peers: ["taskmaster", "naive", "naive_numbered", "feathers"],
  nodes: 1,
  cases: (quick) =>
    [
      { variant: "64 in flight", inFlight: 64 },
      { variant: "one in flight", inFlight: 1 },
    ].map(({ variant, inFlight }) => ({
      variant,
      async run(bench) {
        const clients = await bench.connectAll(SESSIONS);
        const writers = await Promise.all(
          clients.map(async (client, index) => {
            const owner = bench.people[index % bench.people.length]!;
            const { session_id } = await bench.createSession(client, [owner]);
            return { client, session_id };
          }),
        );
        await postFor(bench, writers, Math.min(inFlight, 8), 0.5);
        const latencies = new Latencies();
        let posted = 0;
        const seconds = await bench.measure(async () => {
          posted = await postFor(bench, writers, inFlight, quick ? 2 : 4, latencies);
        });
        return {
          posts: posted / seconds,
          p50: latencies.quantile(0.5),
          p99: latencies.quantile(0.99),
        };
      },
    })),
};
