import type { Dialect } from "./dialect.ts";
import { feathers } from "./feathers.ts";
import { naive, naiveNumbered } from "./naive.ts";
import { taskmaster } from "./taskmaster.ts";
import { ws } from "./ws.ts";

/** How to speak to each server under test, by the name of the peer. */
export const dialects = {
  taskmaster,
  naive,
  naive_numbered: naiveNumbered,
  feathers,
  ws,
  ws_coalesced: ws,
} as const satisfies Record<string, Dialect>;

export type PeerName = keyof typeof dialects;
