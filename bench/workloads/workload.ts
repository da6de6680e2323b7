import type { Bench } from "../load/bench.ts";
import type { PeerName } from "../load/dialects/index.ts";
import type { Declaration } from "../report/result.ts";

/** One kind of work that servers are measured with. */
export interface Workload extends Declaration {
  readonly peers: readonly PeerName[];
  /** Server processes under test; with more than one they share a Redis. */
  readonly nodes: number;
  /** Whether each measurement gets servers of its own, which did nothing before. */
  readonly fresh?: true;
  /** @param quick whether to show only that it works */
  cases(quick: boolean): readonly Case[];
}

/** One size or way of a workload. */
export interface Case {
  /** For people, e.g. "500 subscribers, pipelined"; empty where there is only one. */
  readonly variant: string;
  /** Runs it once, in the load generator. @returns the values by the figures' names */
  run(bench: Bench): Promise<Record<string, number>>;
}
