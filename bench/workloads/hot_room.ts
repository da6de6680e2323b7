import { postFor } from "../load/posting.ts";
import type { Workload } from "./workload.ts";

const MEMBERS = 32;
const IN_FLIGHT = 16;

/** A session in which everybody talks at once, and everybody hears everybody. */
export const hotRoom: Workload = {
  title: "Hot room: 32 members who all post, 16 posts in flight each",
  figures: {
    deliveries: { title: "deliveries", unit: "/s", better: "higher" },
    posts: { title: "posts acknowledged", unit: "/s", better: "higher" },
  },
  ratio_of: "deliveries",
  peers: ["taskmaster", "naive", "naive_numbered", "feathers", "ws", "ws_coalesced"],
  nodes: 1,
  cases: (quick) => [
    {
      variant: "",
      async run(bench) {
        const clients = await bench.connectAll(MEMBERS);
        const session = await bench.createSession(clients[0]!, bench.people);
        const followers = await Promise.all(clients.map((client) => client.join(session)));
        const writers = clients.map((client) => ({ client, session_id: session.session_id }));
        const everybodyHas = (count: number) =>
          Promise.all(followers.map((follower) => follower.reached(count)));

        const before = await postFor(bench, writers, IN_FLIGHT, 0.5);
        await everybodyHas(before);
        let posts = 0;
        const seconds = await bench.measure(async () => {
          posts = await postFor(bench, writers, IN_FLIGHT, quick ? 2 : 3);
          await everybodyHas(before + posts);
        });
        return { deliveries: (posts * MEMBERS) / seconds, posts: posts / seconds };
      },
    },
  ],
};
