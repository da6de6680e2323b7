import type { Socket } from "socket.io";
import type { ServerEvents } from "../../contract/signal.ts";
import type { Actor } from "../actions/action.ts";
import type { Identity, Rights } from "../stream/access.ts";
import type { Chunk } from "../stream/chunk.ts";
import type { Subscriber } from "../stream/subscriber.ts";
import { encodeEntries, encodeEvent, frameOf } from "./frame.ts";
import type { DirectWebSocket } from "./web_socket.ts";

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
  /** Its WebSocket, once it is on one; a client may begin with HTTP polling. */
  #direct: DirectWebSocket | null = null;
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

  /** From now on what is sent goes directly to its WebSocket. */
  useDirect(direct: DirectWebSocket): void {
    this.#direct = direct;
  }

  /** Sends an event that the contract declares. */
  send<Name extends keyof ServerEvents>(name: Name, payload: ServerEvents[Name]): void {
    this.sendPacket(encodeEvent(name, payload));
  }

  /** Sends entries. */
  sendEntries(chunk: Chunk): void {
    if (this.#direct) this.#direct.sendSoon(frameOf(chunk));
    else this.socket.conn.write(encodeEntries(chunk));
  }

  /** Sends a Socket.IO packet. */
  sendPacket(packet: string): void {
    if (this.#direct) this.#direct.sendSoon(`4${packet}`);
    else this.socket.conn.write(packet);
  }

  /** Bytes accepted for this socket that its transport has not taken yet. */
  get waitingBytes(): number {
    return this.#waitingBytes + (this.#direct?.waitingBytes ?? 0);
  }

  /** Resolves when the transport took what was waiting, or the socket is gone. */
  drained(): Promise<void> {
    if (this.#direct && this.#direct.waitingBytes > 0) return this.#direct.drained();
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

/** The room of a session's live subscribers, who get its signals. */
export function liveRoom(session_id: string): string {
  return `live:${session_id}`;
}

/** A socket that follows one session. */
export class SocketSubscriber implements Subscriber {
  readonly identity: Identity;
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

  send(chunk: Chunk): void {
    this.#connection.sendEntries(chunk);
  }

  waitingBytes(): number {
    return this.#connection.waitingBytes;
  }

  drained(): Promise<void> {
    return this.#connection.drained();
  }

  closed(reason: string): void {
    this.#connection.send("closed", { session_id: this.#session_id, reason });
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
