import type { Identity } from "../../models/index.ts";
import type { Rights } from "./access.ts";
import type { Chunk } from "./chunk.ts";

/** One connection's place in one stream. The feed moves it; the transport carries the entries. */
export interface Subscriber {
  readonly identity: Identity;
  /** Renewed whenever somebody's place in the session changes. */
  rights: Rights;
  /** Number of the last entry handed over. */
  cursor: number;
  /** Called when it comes to stand at the delivered point, and when it leaves it. */
  setLive(live: boolean): void;
  /** Hands entries to this connection; those that many receive are the same object. */
  send(chunk: Chunk): void;
  /** Bytes handed over that the connection has not passed on yet. */
  waitingBytes(): number;
  /** Resolves when the connection has room again, or is gone. */
  drained(): Promise<void>;
  /** Tells the client that it may no longer follow, and why. */
  closed(reason: string): void;
}
