import type { Bench } from "../load/bench.ts";
import { Latencies } from "../load/latencies.ts";
import { textOf } from "../load/text.ts";
import type { Case, Workload } from "./workload.ts";

const NEAR = 50;

/** A session that went on for years: its length must cost nothing to who knows most of it. */
export const longSession: Workload = {
  title: "Long session: joining one of 1,000,000 entries, and reading one from 0",
  figures: { all: { title: "until it has all", unit: "ms", better: "lower" } },
  ratio_of: "all",
  peers: ["taskmaster", "naive", "naive_numbered"],
  nodes: 1,
  cases: (quick): Case[] => {
    const length = quick ? 100_000 : 1_000_000;
    // A server that builds all of it as one answer may run out of memory at a million.
    const whole = 100_000;
    return [
      { variant: `${NEAR} behind its head`, run: (bench) => joinBehind(bench, length, NEAR, 10) },
      { variant: `from 0, of ${whole}`, run: (bench) => joinBehind(bench, whole, whole, 1) },
    ];
  },
};

async function joinBehind(bench: Bench, length: number, behind: number, joins: number) {
  const filled = await bench.once(`session of ${length}`, async () => {
    const owner = await bench.connect();
    const { session_id } = await bench.createSession(owner, [bench.people[0]!]);
    return bench.dialect.fill(bench.database, session_id, length);
  });
  const from = { ...filled, head: filled.head - behind };
  const times = new Latencies();
  await bench.measure(async () => {
    for (let join = 0; join < joins; join += 1) {
      times.add(await (await bench.connect()).catchUp(from, behind, textOf(length)));
    }
  });
  return { all: times.quantile(0.5) };
}
