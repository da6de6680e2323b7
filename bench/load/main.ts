import type { Result } from "../report/result.ts";
import { workloads } from "../workloads/index.ts";
import { Bench, type Target } from "./bench.ts";

/** What the load generator is asked for: one case of a workload, on one server. */
export interface Job {
  readonly target: Target;
  readonly workload: string;
  readonly variant: string;
  readonly quick: boolean;
}

/** What it answers. */
export type Measured = Pick<Result, "figures" | "cpu">;

const benches = new Map<string, Bench>();

// A wrong answer is thrown wherever it is seen, and ends the process: no figure comes of it.
process.on("message", async ({ target, workload, variant, quick }: Job) => {
  const bench = benches.get(target.database_url) ?? (await Bench.open(target));
  benches.set(target.database_url, bench);
  const found = workloads[workload]!.cases(quick).find((one) => one.variant === variant)!;
  const figures = await found.run(bench);
  process.send!({ figures, cpu: bench.finish() } satisfies Measured);
});
