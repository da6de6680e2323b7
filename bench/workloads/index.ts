import { catchUp } from "./catch_up.ts";
import { fanOut } from "./fan_out.ts";
import { hotRoom } from "./hot_room.ts";
import { paced } from "./paced.ts";
import { post } from "./post.ts";
import type { Workload } from "./workload.ts";

/** All workloads, in the order in which they run. */
export const workloads: Record<string, Workload> = {
  post,
  hot_room: hotRoom,
  fan_out: fanOut,
  catch_up: catchUp,
  paced,
};
