import type { Server as HttpServer, IncomingMessage } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { Logger } from "pino";
import { Server } from "socket.io";
import { type CommandName, isCommandName } from "../../contract/commands.ts";
import { CommandError } from "../../contract/errors.ts";
import type { Actor } from "../actions/action.ts";
import type { Authenticate } from "../authenticate.ts";
import { type Executable, type Execute, isQuery, refuse } from "../execute.ts";
import { metrics } from "../metrics.ts";
import type { OriginCheck } from "../origins.ts";
import type { RedisLink } from "../redis.ts";
import type { Revocations } from "../revocations.ts";
import type { Stream } from "../stream/stream.ts";
import { liveRoom, SocketConnection, type TypedSocket } from "./connection.ts";
import { readEvent } from "./frame.ts";
import { Presence, type PresenceReport } from "./presence.ts";
import { socketCommands } from "./socket_commands.ts";
import { type DirectWebSocket, directEngine, flush } from "./web_socket.ts";

type Reply = { ok: true; data: unknown } | { ok: false; error: CommandError };
type Acknowledge = (reply: Reply) => void;

/** How long a stopping node waits for sockets to take what was sent to them. */
const FLUSH_MS = 1_000;

/**
 * A ping waits behind the entries that a slow client has still to read, so its answer is late; the
 * default of 20 s would end such a client for being slow.
 */
const PING_TIMEOUT_MS = 120_000;

/** Commands one socket may have under way; a client that pipelines more is told to wait. */
const MAX_UNDER_WAY = 4096;
/** With more than this waiting to be sent to a socket, what it asked to read is not read yet. */
const MAX_WAITING_BYTES = 1_048_576;

export interface RealtimeOptions {
  readonly execute: Execute;
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
  readonly #socketCommands: ReturnType<typeof socketCommands>;
  readonly #options: RealtimeOptions;
  /** WebSockets by the request that they began with. */
  readonly #opened = new WeakMap<IncomingMessage, DirectWebSocket>();
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
    this.#presence = new Presence(options.node_id, {
      tell: (session_id, members) =>
        this.#io.local.to(liveRoom(session_id)).emit("presence", { session_id, members }),
      report: (report) => {
        if (redis) this.#io.serverSideEmit("presence", report);
      },
    });
    const { execute, stream, maxBytes } = options;
    const presence = this.#presence;
    this.#socketCommands = socketCommands({ execute, stream, presence, io: this.#io, maxBytes });
    this.#io.on("presence", (report: PresenceReport) => this.#presence.onReport(report));
    this.#io.use((socket, next) => void this.#authenticate(socket, next));
    this.#io.on("connection", (socket) => this.#onConnection(socket));
  }

  /** Begins to accept sockets on an HTTP server. */
  attach(http: HttpServer): void {
    this.#io.attach(http);
  }

  /** Ends every socket, after what waits for it is sent; clients connect again, to another node. */
  async stop(): Promise<void> {
    this.#presence.stop();
    flush();
    // Without Socket.IO's own goodbye, after which clients would stay away.
    const closed = [...this.#io.of("/").sockets.values()].map(({ conn }) => {
      const gone = new Promise((resolve) => conn.once("close", resolve));
      conn.close();
      return gone;
    });
    await Promise.race([Promise.all(closed), setTimeout(FLUSH_MS, null, { ref: false })]);
    // Not awaited: it waits for every connection of the HTTP server, also those that are not ours.
    void this.#io.close();
  }

  async #authenticate(socket: TypedSocket, next: (error?: Error) => void): Promise<void> {
    try {
      const { token } = socket.handshake.auth;
      socket.data.actor = await this.#options.authenticate(
        typeof token === "string" ? token : undefined,
      );
      next();
    } catch (error) {
      const refusal = refuse(error, this.#options.logger, { event: "connect" });
      // Socket.IO hands `data` to the client with its connect_error.
      next(Object.assign(new Error(refusal.message), { data: refusal.toJSON() }));
    }
  }

  #onWebSocket(request: IncomingMessage, direct: DirectWebSocket): void {
    const sid = new URL(request.url ?? "", "ws://here").searchParams.get("sid");
    if (sid === null) this.#opened.set(request, direct);
    else {
      this.#upgrades.set(sid, direct);
      direct.on("close", () => this.#upgrades.delete(sid));
    }
  }

  #onConnection(socket: TypedSocket): void {
    const { revocations } = this.#options;
    const connection = new SocketConnection(socket);
    const stopWatching = revocations.watch({
      actor: connection.actor,
      end: (reason) => {
        for (const subscriber of connection.subscriptions.values()) subscriber.closed(reason);
        socket.disconnect(true);
      },
    });
    metrics.connections.inc();
    socket.on("disconnect", () => {
      metrics.connections.dec();
      stopWatching();
      for (const subscriber of connection.subscriptions.values()) subscriber.leave();
    });
    this.#serve(connection);
  }

  #serve(connection: SocketConnection): void {
    const { execute, logger } = this.#options;
    const own = this.#socketCommands;
    let underWay = 0;
    let reading: Promise<unknown> = Promise.resolve();

    // An answer can be a thousand times its question, so a client that asks and takes no answers
    // would fill our memory: its reads are done one by one, and while it takes them.
    const read: Execute = (name, actor, input) => {
      const answer = reading.then(async () => {
        while (connection.waitingBytes > MAX_WAITING_BYTES && connection.socket.connected) {
          await connection.drained();
        }
        if (!connection.socket.connected) {
          throw new CommandError("unavailable", "The socket has ended");
        }
        return execute(name, actor, input);
      });
      reading = answer.catch(() => {});
      return answer;
    };

    const run = async (event: string, actor: Actor, input: unknown): Promise<unknown> => {
      if (underWay > MAX_UNDER_WAY) {
        throw new CommandError("rate_limited", "Too many commands are under way on this socket", {
          retry_after_ms: 100,
        });
      }
      if (!isCommandName(event)) {
        throw new CommandError(
          "invalid_input",
          `There is no command called ${event.slice(0, 100)}`,
        );
      }
      const name: CommandName = event;
      if (name in own) return own[name as keyof typeof own](connection, input);
      const executable = name as Executable;
      return isQuery(executable)
        ? read(executable, actor, input)
        : execute(executable, actor, input);
    };

    const serve = async (event: string, args: unknown[], acknowledge: Acknowledge | null) => {
      underWay += 1;
      try {
        if (acknowledge === null) {
          throw new CommandError("invalid_input", "A command needs an acknowledgement function");
        }
        if (args.length > 1) {
          throw new CommandError("invalid_input", "A command takes one input object");
        }
        acknowledge({ ok: true, data: await run(event, connection.actor, args[0] ?? {}) });
      } catch (error) {
        const refusal = refuse(error, logger, { command: event });
        if (acknowledge) acknowledge({ ok: false, error: refusal });
        else connection.send("error", { event: event.slice(0, 100), error: refusal.toJSON() });
      } finally {
        underWay -= 1;
      }
    };

    const { socket } = connection;
    socket.onAny((event: unknown, ...args: unknown[]) => {
      const acknowledge = typeof args.at(-1) === "function" ? (args.pop() as Acknowledge) : null;
      void serve(String(event), args, acknowledge); // Socket.IO lets numbers through as well
    });
    const useDirect = (direct: DirectWebSocket) => {
      connection.useDirect(direct);
      direct.onText = (text) => {
        const packet = socket.connected ? readEvent(text) : null;
        if (packet === null) return false;
        const { id, event, args } = packet;
        const acknowledge = (reply: Reply) =>
          connection.sendPacket(`3${id}[${JSON.stringify(reply)}]`);
        void serve(event, args, id === "" ? null : acknowledge);
        return true;
      };
    };
    const { conn } = socket;
    const opened = this.#opened.get(socket.request);
    if (opened) useDirect(opened);
    const { sid } = conn.transport;
    conn.once("upgrade", () => {
      const direct = this.#upgrades.get(sid);
      // Once what waited for the polling client is on its way, so that nothing overtakes it.
      if (direct) setImmediate(useDirect, direct);
    });
  }
}
