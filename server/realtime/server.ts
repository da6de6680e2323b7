import { type Server as HttpServer, type IncomingMessage, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { Logger } from "pino";
import { Server } from "socket.io";
import type { Authenticate } from "../authenticate.ts";
import { type Execute, type ExecuteJson, refuse } from "../execute.ts";
import { metrics } from "../metrics.ts";
import type { OriginCheck } from "../origins.ts";
import type { RedisLink } from "../redis.ts";
import type { Revocations } from "../revocations.ts";
import type { Stream } from "../stream/stream.ts";
import { type Serve, SocketConnection, type TypedSocket } from "./connection.ts";
import { Presence } from "./presence.ts";
import { noReports, RedisReports } from "./presence_reports.ts";
import { createServe } from "./serve.ts";
import { socketCommands } from "./socket_commands.ts";
import { type DirectWebSocket, directEngine, flush } from "./web_socket.ts";

/** How long a stopping node waits for sockets to take what was sent to them. */
const FLUSH_MS = 1_000;

/**
 * A ping waits behind the entries that a slow client has still to read, so its answer is late; the
 * default of 20 s would end such a client for being slow.
 */
const PING_TIMEOUT_MS = 120_000;

/** What is left of every handshake when it is over: neither the token nor the rest need stay. */
const forgotten: TypedSocket["handshake"] = {
  headers: {},
  time: "",
  address: "",
  xdomain: false,
  secure: false,
  issued: 0,
  url: "",
  query: {},
  auth: {},
};

export interface RealtimeOptions {
  readonly execute: Execute;
  readonly executeJson: ExecuteJson;
  readonly authenticate: Authenticate;
  readonly stream: Stream;
  readonly revocations: Revocations;
  readonly redis: RedisLink | null;
  readonly node_id: string;
  readonly originAllowed: OriginCheck;
  readonly maxBytes: number;
  readonly maxFrameBytes: number;
  readonly logger: Logger;
}

/** The Socket.IO side of a node. */
export class Realtime {
  readonly #io: Server;
  readonly #presence: Presence;
  readonly #serve: Serve;
  readonly #options: RealtimeOptions;
  /** WebSockets by the request that they began with, and by the connection that began on them. */
  readonly #opened = new WeakMap<IncomingMessage | TypedSocket["conn"], DirectWebSocket>();
  /** Those that connections on HTTP polling may move to, by the id of the connection. */
  readonly #upgrades = new Map<string, DirectWebSocket>();

  /**
   * @param options the node's parts
   */
  constructor(options: RealtimeOptions) {
    this.#options = options;
    const { redis, originAllowed } = options;
    this.#io = new Server({
      serveClient: false,
      maxHttpBufferSize: options.maxFrameBytes,
      pingTimeout: PING_TIMEOUT_MS,
      wsEngine: directEngine((request, direct) => this.#onWebSocket(request, direct)),
      // Browsers send WebSocket upgrades anywhere, and CORS does not hold them back.
      allowRequest: (request, allow) => {
        const allowed = originAllowed(request.headers.origin, request.headers.host);
        allow(allowed ? null : "origin not allowed", allowed);
      },
      cors: { origin: (_origin, allow) => allow(null, true), credentials: false },
      ...(redis && { adapter: redis.signals }),
    });
    this.#presence = new Presence({
      tell: (session_id, members) =>
        this.#io.local.to(session_id).emit("presence", { session_id, members }),
      reports: (listener) =>
        redis ? new RedisReports(redis.channels, options.node_id, listener) : noReports,
    });
    const { execute, executeJson, stream, maxBytes, logger } = options;
    const presence = this.#presence;
    this.#serve = createServe({
      executeJson,
      socketCommands: socketCommands({ execute, stream, presence, io: this.#io, maxBytes }),
      logger,
    });
    this.#io.use((socket, next) => void this.#authenticate(socket, next));
    this.#io.on("connection", (socket) => this.#onConnection(socket));
  }

  /** Begins to accept sockets on an HTTP server. */
  attach(http: HttpServer): void {
    this.#io.attach(http, { destroyUpgrade: false });
    const { engine } = this.#io;
    // "Memory usage" in Socket.IO's documentation: each connection would keep its first request.
    engine.on("connection", (conn: TypedSocket["conn"]) => {
      const opened = this.#opened.get(conn.request);
      if (opened) this.#opened.set(conn, opened);
      Object.assign(conn, { request: null });
    });
    // So would the answer to an upgrade, which lives as long as the connection.
    engine.use((_request: IncomingMessage, response: object, next: () => void) => {
      if (!(response instanceof ServerResponse)) Object.assign(response, { req: null });
      next();
    });
  }

  /** Whether a request is for Socket.IO. */
  serves({ url }: IncomingMessage): boolean {
    return url?.startsWith(`${this.#io.path()}/`) ?? false;
  }

  /** Ends every socket, after what waits for it is sent; clients connect again, to another node. */
  async stop(): Promise<void> {
    flush();
    // Without Socket.IO's own goodbye, after which clients would stay away.
    const closed = [...this.#io.of("/").sockets.values()].map(({ conn }) => {
      const gone = new Promise((resolve) => conn.once("close", resolve));
      conn.close();
      return gone;
    });
    await Promise.race([Promise.all(closed), setTimeout(FLUSH_MS, null, { ref: false })]);
    this.#presence.stop();
    // Not awaited: it waits for every connection of the HTTP server, also those that are not ours.
    void this.#io.close();
  }

  async #authenticate(socket: TypedSocket, next: (error?: Error) => void): Promise<void> {
    try {
      const { token } = socket.handshake.auth;
      socket.data.actor = await this.#options.authenticate(
        typeof token === "string" ? token : undefined,
      );
      Object.assign(socket, { handshake: forgotten });
      next();
    } catch (error) {
      const refusal = refuse(error, this.#options.logger, { event: "connect" });
      // Socket.IO hands `data` to the client with its connect_error.
      next(Object.assign(new Error(refusal.message), { data: refusal.toJSON() }));
      // Else it could ask again and again, and Socket.IO keeps each refusal for who reads none. Not before
      // this one is sent, which is in the next tick.
      setImmediate(() => socket.conn.close());
    }
  }

  #onWebSocket(request: IncomingMessage, direct: DirectWebSocket): void {
    const sid = new URL(request.url ?? "", "ws://here").searchParams.get("sid");
    if (sid === null) this.#opened.set(request, direct);
    // A connection moves to the first; Engine.IO ends all that are opened in its name beside it.
    else if (!this.#upgrades.has(sid)) {
      this.#upgrades.set(sid, direct);
      direct.on("close", () => this.#upgrades.delete(sid));
    }
  }

  #onConnection(socket: TypedSocket): void {
    const direct = this.#opened.get(socket.conn) ?? null;
    const connection = new SocketConnection(socket, this.#serve, direct);
    if (!direct) this.#useDirectLater(connection);
    this.#options.revocations.watch(connection);
    metrics.connections.inc();
    socket.on("disconnect", () => this.#onDisconnect(connection));
  }

  #onDisconnect(connection: SocketConnection): void {
    metrics.connections.dec();
    this.#options.revocations.unwatch(connection);
    for (const subscriber of connection.subscriptions.values()) subscriber.leave();
  }

  /** Gives a connection on HTTP polling its WebSocket, when it moves to one. */
  #useDirectLater(connection: SocketConnection): void {
    const { conn } = connection.socket;
    const { sid } = conn.transport;
    conn.once("upgrade", () => {
      const direct = this.#upgrades.get(sid);
      // One that gave up may be ending still.
      if (!direct || direct.readyState !== direct.OPEN) return;
      // Once what waited for the polling client is on its way, so that nothing overtakes it.
      const move = () => {
        if (connection.waitingBytes > 0) conn.once("drain", move);
        else connection.useDirect(direct);
      };
      setImmediate(move);
    });
  }
}
