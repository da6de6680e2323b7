import type { Session } from "../load/dialects/dialect.ts";
import { Latencies } from "../load/latencies.ts";
import { textOf } from "../load/text.ts";
import type { Workload } from "./workload.ts";

/** So many that the median does not hang on who met a garbage collection. */
const SESSIONS = 8;
/**
 * What every server reads before it is measured: until that code is compiled, and until a server that keeps
 * entries in memory holds as many as it may, and so uses again what it used before.
 */
const WARM_UP = { sessions: 40, length: 10_000 };
const HOT_JOINS = 3;

/** A client comes back and lacks much: how long until it has all, from its join to the last byte. */
export const catchUp: Workload = {
  title: "Catch-up: a client joins far behind",
  figures: {
    cold: { title: "until it has all, first reader", unit: "ms", better: "lower" },
    hot: { title: "until it has all, again within a minute", unit: "ms", better: "lower" },
  },
  ratio_of: "cold",
  peers: ["taskmaster", "naive", "naive_numbered", "feathers"],
  nodes: 1,
  cases: (quick) =>
    [1000, 10_000].map((count) => ({
      variant: `${count} behind`,
      async run(bench) {
        const owner = await bench.connect();
        const cold = new Latencies();
        const hot = new Latencies();
        const fill = async (length: number) => {
          const session = await bench.createSession(owner, [bench.people[0]!]);
          await bench.dialect.fill(bench.database, session.session_id, length);
          return session;
        };
        const join = async (session: Session, length: number) =>
          (await bench.connect()).catchUp(session, length, textOf(length));

        await bench.once("warm-up", async () => {
          const { sessions, length } = quick ? { sessions: 1, length: count } : WARM_UP;
          for (let index = 0; index < sessions; index += 1) await join(await fill(length), length);
        });
        // Nobody ever followed them, and they were not written through the server: it knows nothing of them.
        // All are filled first, since PostgreSQL plans anew what it is asked after each filling.
        const sessions: Session[] = [];
        while (sessions.length < SESSIONS) sessions.push(await fill(count));
        await bench.measure(async () => {
          for (const session of sessions) {
            cold.add(await join(session, count));
            for (let again = 0; again < HOT_JOINS; again += 1) hot.add(await join(session, count));
          }
        });
        return { cold: cold.quantile(0.5), hot: hot.quantile(0.5) };
      },
    })),
};
