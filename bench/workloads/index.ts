import { post } from "./post.ts";
import type { Workload } from "./workload.ts";

/** All workloads, in the order in which they run. */
export const workloads: Record<string, Workload> = { post };
