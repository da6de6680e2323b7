import type { Socket } from "socket.io-client";
import type { CommandName, Input, Output } from "../contract/commands.ts";
import { CommandError, ErrorBody } from "../contract/errors.ts";
import { assertPlainJson, MOST_BYTES } from "../contract/json.ts";
import type { ServerEvents } from "../contract/signal.ts";
import { Listeners } from "./listeners.ts";
import { Outbox } from "./outbox.ts";
import {
  isPost,
  LONGEST_PAUSE_MS,
  NoReply,
  pauseAfter,
  pauseBeforeRetry,
  refusalOf,
} from "./retry.ts";
import { SocketManager } from "./socket_manager.ts";
import { unlessAborted } from "./unless_aborted.ts";
import { uuidv7 } from "./uuid.ts";

export interface ConnectionOptions {
  /** Where the server is, without a path, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** An access token of a person or of a bot. */
  readonly token: string;
}

/** What a client tells of its own accord: what the server sends, and how the connection fares. */
export interface ClientEvents extends ServerEvents {
  online: undefined;
  /** The connection dropped, or could not be made, and is being tried again. */
  offline: string;
  /** The token is refused, and will be. */
  unauthenticated: CommandError;
  /** No command can succeed any more: the token is refused, or the client was closed. */
  ended: CommandError;
}

export interface CommandOptions {
  /** Gives up when aborted; the server may have done by then what was asked. */
  readonly signal?: AbortSignal | undefined;
}

type Reply = { ok: true; data: unknown } | { ok: false; error: ErrorBody };

const REPLY_TIMEOUT_MS = 30_000;
/** Of a frame, at the most, that are not its input: its kind, its number and the command's name. */
const BYTES_AROUND = 100;

/** A connection to a Taskmaster server that speaks for one token and mends itself. */
export class Connection {
  readonly url: string;
  readonly #manager: SocketManager;
  readonly #socket: Socket;
  readonly #listeners = new Listeners<ClientEvents>();
  readonly #waiting = new Set<{ resolve: () => void; reject: (reason: Error) => void }>();
  readonly #outbox: Outbox;
  /** Why no command can ever succeed again: closed, or the token is refused. */
  #ended: CommandError | null = null;
  #refusals = 0;

  /**
   * Starts connecting at once; commands wait for the connection.
   * @throws TypeError where the URL is none of a server
   */
  constructor({ url, token }: ConnectionOptions) {
    assertServer(url);
    this.url = url;
    this.#manager = new SocketManager(url, {
      transports: ["websocket"],
      reconnectionDelay: 200,
      reconnectionDelayMax: LONGEST_PAUSE_MS,
    });
    const socket = this.#manager.socket("/", { auth: { token } });
    this.#socket = socket;
    this.#outbox = new Outbox({
      isOpen: () => socket.connected && this.#ended === null,
      ask: (name, body) => this.#ask(name, body),
      drop: () => socket.io.engine.close(),
    });
    socket.on("connect", () => {
      this.#refusals = 0;
      this.#outbox.send();
      this.#settleWaiting();
      this.#listeners.tell("online", undefined);
    });
    socket.on("disconnect", (reason) => {
      // What Socket.IO kept because the heartbeat was late would go first over the next connection,
      // before older posts that are sent again.
      socket.sendBuffer = [];
      if (this.#ended) return;
      this.#listeners.tell("offline", reason);
      // Socket.IO tries again by itself except when the server ended the connection on purpose. The
      // token may have been revoked, or the server is stopping: the next handshake tells which.
      if (reason === "io server disconnect") this.#connectLater();
    });
    socket.on("connect_error", (error: Error & { data?: unknown }) => {
      if (socket.active) this.#listeners.tell("offline", error.message);
      else this.#refused(error);
    });
    socket.onAny((name, data) => this.#listeners.tell(name, data));
  }

  /**
   * Listens to an event.
   * @returns a function that stops listening
   */
  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: (data: ClientEvents[Name]) => void,
  ): () => void {
    return this.#listeners.add(name, listener);
  }

  /**
   * Resolves once connected.
   * @throws CommandError unauthenticated when the token is refused, unavailable when closed
   */
  async connected(): Promise<void> {
    if (this.#ended) throw this.#ended;
    if (this.#socket.connected) return;
    await new Promise<void>((resolve, reject) => this.#waiting.add({ resolve, reject }));
  }

  /**
   * Issues a command, and issues it again when the connection drops before the answer, if that
   * cannot do the same thing twice: reads, and posts, which carry an id from the first try on. Posts
   * are repeated until they are acknowledged, and reach their stream in the order in which they were
   * issued (see Outbox).
   * @param name one of contract/commands.ts
   * @param input what that command takes
   * @returns what that command answers
   * @throws CommandError with the code the server gave; `unavailable` also when the connection
   *   dropped and it is unknown whether the server did it, and when the client was closed; the
   *   signal's reason
   */
  async command<Name extends CommandName>(
    name: Name,
    input: Input<Name>,
    { signal }: CommandOptions = {},
  ): Promise<Output<Name>> {
    if (this.#ended) throw this.#ended;
    signal?.throwIfAborted();
    if (isPost(name)) {
      const body = { ...input, id: ("id" in input && input.id) || uuidv7() };
      return this.#outbox.post(name, body, signal) as Promise<Output<Name>>;
    }
    const answer = this.#insist(name, input, signal);
    return (signal ? unlessAborted(answer, signal) : answer) as Promise<Output<Name>>;
  }

  /** Ends the connection; commands that still wait are refused with `unavailable`. */
  close(): void {
    this.#end(new CommandError("unavailable", "The client was closed"));
  }

  async #insist(name: CommandName, input: object, signal?: AbortSignal): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      // Between the connection and this line it may have dropped, and Socket.IO would keep what is
      // sent then.
      while (!this.#socket.connected || this.#ended) await this.connected();
      signal?.throwIfAborted();
      try {
        return await this.#ask(name, input);
      } catch (error) {
        const pause = pauseBeforeRetry(name, error, attempt);
        if (pause === null) throw refusalOf(name, error);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  async #ask(name: CommandName, body: object): Promise<unknown> {
    // What cannot be sent would be tried again and again, and all that comes after it wait.
    assertFits(name, body, this.#manager.mostBytes - BYTES_AROUND);
    let reply: Reply;
    try {
      reply = await this.#socket.timeout(REPLY_TIMEOUT_MS).emitWithAck(name, body);
    } catch {
      if (this.#ended) throw this.#ended;
      throw new NoReply();
    }
    if (reply.ok) return reply.data;
    const { code, message, ...extra } = reply.error;
    throw new CommandError(code, message, extra);
  }

  #refused(error: Error & { data?: unknown }): void {
    const body = ErrorBody.safeParse(error.data);
    const code = body.data?.code ?? "unauthenticated";
    if (code === "unavailable" || code === "rate_limited" || code === "internal") {
      this.#listeners.tell("offline", error.message);
      this.#connectLater();
    } else {
      this.#end(new CommandError(code, body.data?.message ?? error.message));
    }
  }

  #connectLater(): void {
    this.#refusals += 1;
    setTimeout(() => {
      if (!this.#ended) this.#socket.connect();
    }, pauseAfter(this.#refusals));
  }

  #end(reason: CommandError): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#settleWaiting(reason);
    this.#outbox.end(reason);
    this.#socket.disconnect();
    if (reason.code === "unauthenticated") this.#listeners.tell("unauthenticated", reason);
    this.#listeners.tell("ended", reason);
  }

  #settleWaiting(error?: Error): void {
    for (const { resolve, reject } of this.#waiting) error ? reject(error) : resolve();
    this.#waiting.clear();
  }
}

/** Socket.IO would make something of anything: the server of the page, a host without a name, a namespace. */
function assertServer(url: string): void {
  const isServer = URL.canParse(url) && /^https?:\/\/[^/]+\/$/.test(new URL(url).href);
  if (isServer) return;
  throw new TypeError(`The url is ${url}; it must be a server's, such as http://127.0.0.1:3000`);
}

/**
 * @param mostBytes that the server takes
 * @throws CommandError too_large, invalid_input
 */
function assertFits(name: CommandName, body: object, mostBytes: number): void {
  // Its bytes are counted only where they may be too many.
  if (assertPlainJson(body, mostBytes) * MOST_BYTES <= mostBytes) return;
  const bytes = new TextEncoder().encode(JSON.stringify(body)).length;
  if (bytes <= mostBytes) return;
  const message = `The input of ${name} is ${bytes} bytes; the server takes ${mostBytes} at the most`;
  throw new CommandError("too_large", message);
}
