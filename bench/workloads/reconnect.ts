import type { Workload } from "./workload.ts";

const MISSED = 20;

/** All subscribers lose their connection and come back at once, to a session that went on. */
export const reconnect: Workload = {
  title: `Reconnect: all subscribers of a session come back at once, ${MISSED} messages behind`,
  figures: { all: { title: "until all have what they missed", unit: "ms", better: "lower" } },
  ratio_of: "all",
  peers: ["taskmaster", "naive", "naive_numbered", "feathers"],
  nodes: 1,
  cases: (quick) =>
    [quick ? 500 : 2000].map((count) => ({
      variant: `${count} subscribers`,
      async run(bench) {
        const writer = await bench.connect();
        const session = await bench.createSession(writer, bench.people);
        const subscribers = await bench.connectAll(count);
        for (const client of subscribers) await client.join(session);
        for (const client of subscribers) client.close();
        for (let missed = 0; missed < MISSED; missed += 1) {
          await new Promise<void>((resolve) =>
            writer.post(session.session_id, bench.nextText(), resolve),
          );
        }
        const comeBack = async (person: number) => {
          const follower = await (await bench.connect(person)).join(session);
          await follower.reached(MISSED);
        };
        const seconds = await bench.measure(async () => {
          await Promise.all(subscribers.map((_, index) => comeBack(index)));
        });
        return { all: seconds * 1000 };
      },
    })),
};
