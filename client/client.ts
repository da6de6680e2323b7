import { io, type Socket } from "socket.io-client";
import { type CommandName, commands, type Input, type Output } from "../contract/commands.ts";
import { CommandError, ErrorBody } from "../contract/errors.ts";
import type { ServerEvents } from "../contract/signal.ts";
import { uuidv7 } from "./uuid.ts";

export interface ClientOptions {
  /** Where the server is, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** An access token of a person or of a bot. */
  readonly token: string;
}

/** What a client tells of its own accord: what the server sends, and how the connection fares. */
export interface ClientEvents extends ServerEvents {
  online: undefined;
  /** The connection dropped, or could not be made, and is being tried again. */
  offline: string;
}

type Reply = { ok: true; data: unknown } | { ok: false; error: ErrorBody };
type Listener = (data: never) => void;

/** The answer did not come: the server may have done what was asked, or not. */
class NoReply extends Error {}

const REPLY_TIMEOUT_MS = 30_000;
const LONGEST_PAUSE_MS = 5_000;
/** How often `unavailable` is tried again: with the pauses below, for about half a minute. */
const MOST_ATTEMPTS = 10;

/** A connection to a Taskmaster server that speaks for one token and mends itself. */
export class Client {
  readonly url: string;
  readonly #socket: Socket;
  readonly #listeners = new Map<keyof ClientEvents, Set<Listener>>();
  readonly #waiting = new Set<{ resolve: () => void; reject: (reason: Error) => void }>();
  /** Why no command can ever succeed again: closed, or the token is refused. */
  #ended: CommandError | null = null;
  #refusals = 0;

  /** Starts connecting at once; commands wait for the connection. */
  constructor({ url, token }: ClientOptions) {
    this.url = url;
    this.#socket = io(url, {
      auth: { token },
      transports: ["websocket"],
      // One client is one connection: two tokens in a process must not share a socket.
      forceNew: true,
      reconnectionDelay: 200,
      reconnectionDelayMax: LONGEST_PAUSE_MS,
    });
    this.#socket.on("connect", () => {
      this.#refusals = 0;
      this.#settleWaiting();
      this.#tell("online", undefined);
    });
    this.#socket.on("disconnect", (reason) => {
      if (this.#ended) return;
      this.#tell("offline", reason);
      // Socket.IO tries again by itself except when the server ended the connection on purpose. The
      // token may have been revoked, or the server is stopping: the next handshake tells which.
      if (reason === "io server disconnect") this.#connectLater();
    });
    this.#socket.on("connect_error", (error: Error & { data?: unknown }) => {
      if (this.#socket.active) this.#tell("offline", error.message);
      else this.#refused(error);
    });
    this.#socket.onAny((name, data) => this.#tell(name, data));
  }

  /**
   * Listens to an event.
   * @returns a function that stops listening
   */
  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: (data: ClientEvents[Name]) => void,
  ): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
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
   * cannot do the same thing twice: reads, and posts, which carry an id from the first try on.
   * @param name one of contract/commands.ts
   * @param input what that command takes
   * @returns what that command answers
   * @throws CommandError with the code the server gave; `unavailable` also when the connection
   *   dropped and it is unknown whether the server did it
   */
  async command<Name extends CommandName>(name: Name, input: Input<Name>): Promise<Output<Name>> {
    const body = isPost(name) ? { ...input, id: ("id" in input && input.id) || uuidv7() } : input;
    for (let attempt = 1; ; attempt += 1) {
      // Between the connection and this line it may have dropped, and Socket.IO would keep what is
      // sent then.
      while (!this.#socket.connected || this.#ended) await this.connected();
      try {
        return (await this.#ask(name, body)) as Output<Name>;
      } catch (error) {
        const pause = pauseBeforeRetry(name, error, attempt);
        if (pause === null) throw refusalOf(name, error);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  /** Ends the connection; commands that still wait are refused with `unavailable`. */
  close(): void {
    this.#end(new CommandError("unavailable", "The client was closed"));
  }

  async #ask(name: CommandName, body: object): Promise<unknown> {
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
      this.#tell("offline", error.message);
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
    this.#ended ??= reason;
    this.#settleWaiting(this.#ended);
    this.#socket.disconnect();
  }

  #settleWaiting(error?: Error): void {
    for (const { resolve, reject } of this.#waiting) error ? reject(error) : resolve();
    this.#waiting.clear();
  }

  #tell<Name extends keyof ClientEvents>(name: Name, data: ClientEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(data as never);
  }
}

function isPost(name: CommandName): boolean {
  return "id" in commands[name].input.shape;
}

/** Whether doing it twice leaves the same as doing it once. */
function isRepeatable(name: CommandName): boolean {
  const method = commands[name].http?.split(" ")[0];
  return method === undefined || method === "GET" || isPost(name);
}

/** @returns milliseconds to wait before another try, or null when there must be none */
function pauseBeforeRetry(name: CommandName, error: unknown, attempt: number): number | null {
  if (error instanceof NoReply) return isRepeatable(name) ? 0 : null;
  if (!(error instanceof CommandError) || attempt >= MOST_ATTEMPTS) return null;
  if (error.code === "rate_limited") return error.extra.retry_after_ms ?? pauseAfter(attempt);
  // A commit whose connection broke answers `unavailable` too, and may have happened.
  if (error.code === "unavailable" && isRepeatable(name)) return pauseAfter(attempt);
  return null;
}

/** Doubles with every failure, with some chance in it so that many clients do not return at once. */
function pauseAfter(failures: number): number {
  return Math.min(100 * 2 ** failures, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
}

function refusalOf(name: CommandName, error: unknown): unknown {
  if (!(error instanceof NoReply)) return error;
  return new CommandError(
    "unavailable",
    `The connection was lost before the server answered ${name}; it may have been done or not`,
  );
}
