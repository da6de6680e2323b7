import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setImmediate as turnEnd } from "node:timers/promises";
import { WebSocket, WebSocketServer } from "ws";
import { encodeFrames } from "./frame.ts";

/** Gets the text messages of a WebSocket first. */
export interface TextReceiver {
  /** @returns whether it took the text, else Engine.IO gets it */
  takeText(text: string): boolean;
}

/**
 * A WebSocket that Socket.IO uses as any other, beside a short way for what is frequent: commands
 * are taken before Engine.IO and Socket.IO see them, and frames of one turn of the event loop are
 * written at once. Both ways write whole frames to the same stream, so they never mix.
 */
export class DirectWebSocket extends WebSocket {
  receiver: TextReceiver | null = null;
  #stream: Duplex | undefined;
  /** Texts still to be framed, and frames. */
  #pending: (string | Buffer)[] = [];
  #pendingBytes = 0;

  /** Gives it the stream under it; called once. */
  useStream(stream: Duplex): void {
    this.#stream = stream;
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === "message" && this.receiver && args[1] === false) {
      if (this.receiver.takeText((args[0] as Buffer).toString())) return true;
    }
    return super.emit(event, ...args);
  }

  /**
   * Sends a text message, or a frame or a part of one, at the end of this turn of the event loop,
   * together with whatever else was sent in it.
   */
  sendSoon(message: string | Buffer): void {
    if (this.#pending.length === 0) toFlush.push(this);
    if (toFlush.length === 1 && this.#pending.length === 0) setImmediate(flush);
    this.#pending.push(message);
    this.#pendingBytes += message.length;
  }

  /** Bytes that were sent but not taken by the network, about. */
  get waitingBytes(): number {
    const stream = this.#stream!;
    return this.#pendingBytes + (stream.writableNeedDrain ? stream.writableLength : 0);
  }

  /** Resolves when nothing waits any more, or the connection is gone. */
  async drained(): Promise<void> {
    if (this.#pending.length > 0) await turnEnd(); // by then it is written
    // What was sent since then leaves by itself, and no drain would tell of it.
    if (this.#stream!.writableNeedDrain) await drainOf(this.#stream!);
  }

  /** Writes what was sent in this turn. */
  flush(): void {
    const pending = this.#pending;
    const stream = this.#stream!;
    this.#pending = [];
    this.#pendingBytes = 0;
    if (this.readyState !== WebSocket.OPEN) return;
    const only = pending.length === 1 ? pending[0] : null;
    if (only instanceof Buffer) {
      stream.write(only);
      return;
    }
    stream.cork();
    for (const bytes of packed(pending)) stream.write(bytes);
    stream.uncork();
  }
}

/**
 * Resolves when something takes more again, or is closed. Listens no longer than that: listeners
 * of a hundred thousand idle connections would weigh.
 */
export function drainOf(emitter: EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      emitter.off("drain", done).off("close", done);
      resolve();
    };
    emitter.on("drain", done).on("close", done);
  });
}

/** Texts that follow on one another become one buffer; a frame that many receive stays as it is. */
function* packed(messages: readonly (string | Buffer)[]): Generator<Buffer> {
  let texts: string[] = [];
  for (const message of messages) {
    if (typeof message === "string") {
      texts.push(message);
      continue;
    }
    if (texts.length > 0) yield encodeFrames(texts);
    texts = [];
    yield message;
  }
  if (texts.length > 0) yield encodeFrames(texts);
}

/** Those with something to write at the end of this turn. */
let toFlush: DirectWebSocket[] = [];

/** Writes what was sent in this turn of the event loop, on all sockets. */
export function flush(): void {
  const sockets = toFlush;
  toFlush = [];
  for (const socket of sockets) socket.flush();
}

/**
 * Makes the WebSocket server that Engine.IO is to use (its option `wsEngine`).
 * @param onOpen told about each WebSocket, with the request that it began with
 */
export function directEngine(
  onOpen: (request: IncomingMessage, socket: DirectWebSocket) => void,
): typeof WebSocketServer {
  return class extends WebSocketServer {
    constructor(options: object) {
      super({ ...options, WebSocket: DirectWebSocket });
    }

    override handleUpgrade(
      request: IncomingMessage,
      stream: Duplex,
      head: Buffer,
      done: (socket: WebSocket, request: IncomingMessage) => void,
    ): void {
      super.handleUpgrade(request, stream, head, (socket) => {
        const direct = socket as DirectWebSocket;
        direct.useStream(stream);
        onOpen(request, direct);
        done(direct, request);
      });
    }
  } as unknown as typeof WebSocketServer;
}
