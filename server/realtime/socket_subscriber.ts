import type { Entry } from "../../contract/entry.ts";
import type { Identity, Rights } from "../stream/access.ts";
import type { Subscriber } from "../stream/subscriber.ts";
import type { SocketConnection } from "./connection.ts";

/** The room of a session's live subscribers: those that stand at the delivered point. */
export function liveRoom(session_id: string): string {
  return `live:${session_id}`;
}

/** A socket that follows one session. */
export class SocketSubscriber implements Subscriber {
  readonly identity: Identity;
  readonly sharesBroadcast = true;
  rights: Rights;
  cursor: number;
  /** Called once when the subscription ends, whoever ended it. */
  onLeave: () => void = () => {};
  readonly #connection: SocketConnection;
  readonly #session_id: string;

  constructor(connection: SocketConnection, session_id: string, rights: Rights, cursor: number) {
    this.identity = connection.actor;
    this.rights = rights;
    this.cursor = cursor;
    this.#connection = connection;
    this.#session_id = session_id;
  }

  setLive(live: boolean): void {
    const { socket } = this.#connection;
    if (live) void socket.join(liveRoom(this.#session_id));
    else void socket.leave(liveRoom(this.#session_id));
  }

  send(entries: readonly Entry[]): void {
    this.#connection.socket.emit("entries", {
      session_id: this.#session_id,
      entries: [...entries],
    });
  }

  waitingBytes(): number {
    return this.#connection.waitingBytes;
  }

  drained(): Promise<void> {
    return this.#connection.drained();
  }

  closed(reason: string): void {
    this.#connection.socket.emit("closed", { session_id: this.#session_id, reason });
    this.leave();
  }

  /** Ends the subscription; harmless if it has ended. */
  leave(): void {
    const { subscriptions } = this.#connection;
    if (subscriptions.get(this.#session_id) !== this) return;
    subscriptions.delete(this.#session_id);
    this.onLeave();
  }
}
