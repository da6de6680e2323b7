import type { Socket } from "socket.io";
import type { ServerEvents } from "../../contract/signal.ts";
import type { Actor } from "../actions/action.ts";
import type { Connection } from "../revocations.ts";
import type { Identity, Rights } from "../stream/access.ts";
import type { Chunk } from "../stream/chunk.ts";
import type { Subscriber } from "../stream/subscriber.ts";
import { encodeEntries, encodeEvent, frameOf, readEvent } from "./frame.ts";
import { type DirectWebSocket, drainOf, type TextReceiver } from "./web_socket.ts";

type Outgoing = { [Name in keyof ServerEvents]: (payload: ServerEvents[Name]) => void };

/** A Socket.IO socket that may send only what the contract declares. */
export type TypedSocket = Socket<
  Record<string, never>,
  Outgoing,
  Record<string, never>,
  { actor: Actor }
>;

/**
 * Serves an event that a client sent on a connection.
 * @param args what came with it, without the acknowledgement
 * @param acknowledge sends the reply, as JSON; null if the client wants none, which is refused
 */
export type Serve = (
  connection: SocketConnection,
  event: string,
  args: unknown[],
  acknowledge: ((reply: string) => void) | null,
) => Promise<void>;

/** With more than this waiting to be sent to a socket, what it asks is not heard, or not read yet. */
export const MAX_WAITING_BYTES = 1_048_576;
/** With more than this it ends, if it cannot be kept from asking. */
const MOST_WAITING_BYTES = 16 * MAX_WAITING_BYTES;

const none: ReadonlyMap<string, SocketSubscriber> = new Map();

/**
 * One live socket: its actor, the sessions it follows, and how much waits to be sent to it. What an
 * idle one holds is kept small: listeners, closures and empty collections are most of its memory.
 */
export class SocketConnection implements Connection, TextReceiver {
  readonly socket: TypedSocket;
  readonly actor: Actor;
  /** Commands under way; kept by what serves them, as is the next. */
  underWay = 0;
  /** The last of the reads that it asked for. */
  reading: Promise<void> | null = null;
  /** By session, the last of its joins and leaves that are under way; null while there are none. */
  moves: Map<string, Promise<unknown>> | null = null;
  readonly #serve: Serve;
  /** Null until it follows one. */
  #subscriptions: Map<string, SocketSubscriber> | null = null;
  /** Its WebSocket, once it is on one; a client may begin with HTTP polling. */
  #direct: DirectWebSocket | null = null;
  #waitingBytes = 0;
  #counts = false;

  /**
   * @param serve what serves its commands
   * @param direct the WebSocket that it began on; null if it began with HTTP polling
   */
  constructor(socket: TypedSocket, serve: Serve, direct: DirectWebSocket | null) {
    this.socket = socket;
    this.actor = socket.data.actor;
    this.#serve = serve;
    if (direct) this.useDirect(direct);
    else {
      this.#countWaiting();
      this.#serveAny();
    }
  }

  /** Sessions it follows, by id. */
  get subscriptions(): ReadonlyMap<string, SocketSubscriber> {
    return this.#subscriptions ?? none;
  }

  /** From now on commands come from its WebSocket, and what is sent goes to it, directly. */
  useDirect(direct: DirectWebSocket): void {
    this.#direct = direct;
    direct.receiver = this;
  }

  /** Serves a command that came directly; everything else is left to Socket.IO. */
  takeText(text: string): boolean {
    const packet = this.socket.connected ? readEvent(text) : null;
    if (packet === null) {
      // Not a heartbeat, so perhaps an event in a form that is left to Socket.IO.
      if (text.startsWith("4")) this.#serveAny();
      return false;
    }
    const { id, event, args } = packet;
    const acknowledge = (json: string) => this.sendPacket(`3${id}[${json}]`);
    this.#take(event, args, id === "" ? null : acknowledge);
    return true;
  }

  /** Serves a command of a client that takes the answers. */
  #take(event: string, args: unknown[], acknowledge: ((json: string) => void) | null): void {
    void this.#serve(this, event, args, acknowledge);
    if (this.waitingBytes <= MAX_WAITING_BYTES) return;
    if (this.#direct) void this.#rest(this.#direct);
    else if (this.waitingBytes > MOST_WAITING_BYTES) this.socket.conn.close(true);
  }

  /** Hears nothing more from a client that asks and does not take the answers, until it takes them. */
  async #rest(direct: DirectWebSocket): Promise<void> {
    if (direct.isPaused) return;
    direct.pause();
    while (this.waitingBytes > MAX_WAITING_BYTES && this.socket.connected) await this.drained();
    direct.resume();
  }

  /** Tells the client why, and ends the socket. */
  end(reason: string): void {
    for (const subscriber of this.subscriptions.values()) subscriber.closed(reason);
    // Nothing is written after the end, and Socket.IO's goodbye must not overtake the reason.
    this.#direct?.flush();
    this.socket.disconnect(true);
  }

  /** Sends an event that the contract declares. */
  send<Name extends keyof ServerEvents>(name: Name, payload: ServerEvents[Name]): void {
    this.sendPacket(encodeEvent(name, payload));
  }

  /** Sends entries. */
  sendEntries(chunk: Chunk): void {
    if (this.#direct) for (const part of frameOf(chunk)) this.#direct.sendSoon(part);
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
    return drainOf(this.socket.conn);
  }

  /**
   * Notes that this socket follows a session, from now on.
   * @param cursor the last number the client has
   */
  subscribe(session_id: string, rights: Rights, cursor: number): SocketSubscriber {
    this.#countWaiting(); // signals reach followers through Engine.IO, also on a WebSocket
    const subscriber = new SocketSubscriber(this, session_id, rights, cursor);
    this.#subscriptions ??= new Map();
    this.#subscriptions.set(session_id, subscriber);
    return subscriber;
  }

  /**
   * Notes that a subscription has ended.
   * @returns whether it had not before
   */
  unsubscribe(session_id: string, subscriber: SocketSubscriber): boolean {
    if (this.#subscriptions?.get(session_id) !== subscriber) return false;
    return this.#subscriptions.delete(session_id);
  }

  /** Engine.IO keeps packets while the transport is busy, without bound: this is how we see them. */
  #countWaiting(): void {
    if (this.#counts) return;
    this.#counts = true;
    const { conn } = this.socket;
    conn.on("packetCreate", ({ data }: { data?: unknown }) => {
      if (typeof data === "string" || Buffer.isBuffer(data)) this.#waitingBytes += data.length;
    });
    conn.on("flush", () => {
      this.#waitingBytes = 0;
    });
  }

  /** Serves, from now on, also the events that are left to Socket.IO; on a WebSocket few clients send any. */
  #serveAny(): void {
    if (this.socket.listenersAny().length > 0) return;
    this.socket.onAny((event: unknown, ...args: unknown[]) => {
      const last = args.at(-1);
      const acknowledge =
        typeof last === "function" ? (json: string) => last(JSON.parse(json)) : null;
      if (acknowledge) args.pop();
      this.#take(String(event), args, acknowledge); // Socket.IO lets numbers through too
    });
  }
}

/** A socket that follows one session. */
export class SocketSubscriber implements Subscriber {
  readonly identity: Identity;
  cursor: number;
  /** Called once when the subscription ends, whoever ended it. */
  onLeave: () => void = () => {};
  /** Called when it begins to get the session's signals, and when it gets them no more. */
  onLive: (live: boolean) => void = () => {};
  /** Called when its role is another than before. */
  onRole: (role: Rights["role"]) => void = () => {};
  readonly #connection: SocketConnection;
  readonly #session_id: string;
  #rights: Rights;

  constructor(connection: SocketConnection, session_id: string, rights: Rights, cursor: number) {
    this.identity = connection.actor;
    this.#rights = rights;
    this.cursor = cursor;
    this.#connection = connection;
    this.#session_id = session_id;
  }

  get rights(): Rights {
    return this.#rights;
  }

  set rights(rights: Rights) {
    const { role } = this.#rights;
    this.#rights = rights;
    if (rights.role !== role) this.onRole(rights.role);
  }

  /** Socket.IO's room of a session's live subscribers, who get its signals, has the session's id. */
  setLive(live: boolean): void {
    const { socket } = this.#connection;
    if (live) void socket.join(this.#session_id);
    else void socket.leave(this.#session_id);
    this.onLive(live);
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
    if (this.#connection.unsubscribe(this.#session_id, this)) this.onLeave();
  }
}
