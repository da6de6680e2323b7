import { fanOutTo, oneInFlight, pipelined } from "./fan_out.ts";
import type { Workload } from "./workload.ts";

const SUBSCRIBERS = 500;

/** Fan-out over two nodes that share a PostgreSQL and a Redis: half of the followers on each. */
export const twoNodes: Workload = {
  title: "Two nodes with Redis: one writer, 500 who follow",
  figures: { deliveries: { title: "deliveries", unit: "/s", better: "higher" } },
  ratio_of: "deliveries",
  peers: ["taskmaster", "naive", "naive_numbered"],
  nodes: 2,
  cases: (quick) => [
    {
      variant: "pipelined",
      run: (bench) => fanOutTo(bench, SUBSCRIBERS, pipelined(quick ? 1 : 2)),
    },
    {
      variant: "one in flight",
      run: (bench) => fanOutTo(bench, SUBSCRIBERS, oneInFlight(quick ? 1 : 2)),
    },
  ],
};
