import type { Socket } from "socket.io";
import type { Entry } from "../../contract/entry.ts";
import type { ServerEvents } from "../../contract/signal.ts";
import type { Actor } from "../actions/action.ts";
import type { Identity, Rights } from "../stream/access.ts";
import type { Subscriber } from "../stream/subscriber.ts";

type Outgoing = { [Name in keyof ServerEvents]: (payload: ServerEvents[Name]) => void };

/** A Socket.IO socket that may send only what the contract declares. */
export type TypedSocket = Socket<
  Record<string, never>,
  Outgoing,
  Record<string, never>,
  { actor: Actor }
>;

/** One live socket: its actor, the sessions it follows, and how much waits to be sent to it. */
export class SocketConnection {
  readonly socket: TypedSocket;
  readonly actor: Actor;
  /** Sessions it follows, by id. */
  readonly subscriptions = new Map<string, SocketSubscriber>();
  #waitingBytes = 0;
  #drained: (() => void)[] = [];

  constructor(socket: TypedSocket) {
    this.socket = socket;
    this.actor = socket.data.actor;
    const { conn } = socket;
    // Engine.IO keeps packets while the transport is busy, without bound: this is how we see them.
    conn.on("packetCreate", (packet: { data?: unknown }) => {
      const { data } = packet;
      if (typeof data === "string" || Buffer.isBuffer(data)) this.#waitingBytes += data.length;
    });
    conn.on("flush", () => {
      this.#waitingBytes = 0;
    });
    conn.on("drain", () => this.#wake());
    conn.on("close", () => this.#wake());
  }

  /** Bytes accepted for this socket that its transport has not taken yet. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Resolves when the transport took what was waiting, or the socket is gone. */
  drained(): Promise<void> {
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  /**
   * Notes that this socket follows a session, from now on.
   * @param cursor the last number the client has
   */
  subscribe(session_id: string, rights: Rights, cursor: number): SocketSubscriber {
    const subscriber = new SocketSubscriber(this, session_id, rights, cursor);
    this.subscriptions.set(session_id, subscriber);
    return subscriber;
  }

  #wake(): void {
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}

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
