import { catchUp } from "./catch_up.ts";
import { fairness } from "./fairness.ts";
import { fanOut } from "./fan_out.ts";
import { hotRoom } from "./hot_room.ts";
import { httpStream } from "./http_stream.ts";
import { idleMemory } from "./idle_memory.ts";
import { longSession } from "./long_session.ts";
import { paced } from "./paced.ts";
import { post } from "./post.ts";
import { reconnect } from "./reconnect.ts";
import { turns, turnsOnTwoNodes } from "./turns.ts";
import { twoNodes } from "./two_nodes.ts";
import type { Workload } from "./workload.ts";

/** All workloads, in the order in which they run. */
export const workloads: Record<string, Workload> = {
  post,
  hot_room: hotRoom,
  fan_out: fanOut,
  catch_up: catchUp,
  paced,
  two_nodes: twoNodes,
  idle_memory: idleMemory,
  reconnect,
  long_session: longSession,
  fairness,
  http_stream: httpStream,
  turns,
  turns_two_nodes: turnsOnTwoNodes,
};
