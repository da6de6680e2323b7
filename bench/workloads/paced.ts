import { setTimeout as pause } from "node:timers/promises";
import { Latencies } from "../load/latencies.ts";
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
  peers: ["taskmaster", "naive", "naive_numbered"],
  nodes: 1,
  cases: (quick) => [
    {
      variant: "",
      async run(bench) {
        const writers = await bench.connectAll(SESSIONS);
        const sent: number[] = [];
        const deliveries = new Latencies();
        const replies = new Latencies();
        let warm = false;

        const rooms = await Promise.all(
          writers.map(async (writer, index) => {
            const owner = bench.people[index % bench.people.length]!;
            const session = await bench.createSession(writer, [owner]);
            const followers = await Promise.all(
              Array.from({ length: SUBSCRIBERS }, async () =>
                (await bench.connect(index)).join(session),
              ),
            );
            for (const follower of followers) {
              follower.onDelivery = ({ texts }) => {
                const now = performance.now();
                if (warm) for (const text of texts) deliveries.add(now - sent[text]!);
              };
            }
            return { writer, session_id: session.session_id, followers, posts: 0 };
          }),
        );

        const post = (count: number) => {
          const room = rooms[count % SESSIONS]!;
          const text = bench.nextText();
          room.posts += 1;
          sent[text] = performance.now();
          return new Promise<void>((resolve) =>
            room.writer.post(room.session_id, text, () => {
              if (warm) replies.add(performance.now() - sent[text]!);
              resolve();
            }),
          );
        };
        /** Posts at even steps, however late the replies are; resolves when everybody has all. */
        const postEvenly = async (seconds: number) => {
          const started = performance.now();
          const acknowledged: Promise<void>[] = [];
          while (acknowledged.length < seconds * POSTS_PER_SECOND) {
            const due = ((performance.now() - started) / 1000) * POSTS_PER_SECOND;
            while (acknowledged.length < due) acknowledged.push(post(acknowledged.length));
            await pause(1);
          }
          await Promise.all(acknowledged);
          await Promise.all(
            rooms.flatMap(({ followers, posts }) =>
              followers.map((follower) => follower.reached(posts)),
            ),
          );
        };

        await postEvenly(1);
        warm = true;
        await bench.measure(() => postEvenly(quick ? 3 : 5));
        return {
          delivery_p50: deliveries.quantile(0.5),
          delivery_p99: deliveries.quantile(0.99),
          reply_p50: replies.quantile(0.5),
          reply_p99: replies.quantile(0.99),
        };
      },
    },
  ],
};
