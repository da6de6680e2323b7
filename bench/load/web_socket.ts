import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

const TEXT = 1;
const CLOSE = 8;
/** Bytes before the text of a frame, at the most. */
const MOST_HEAD = 14;
/** All sockets read into this one: a chunk is done with before the next is read. */
const incoming = Buffer.allocUnsafe(1_048_576);
/** What a socket holds back is copied to here, since memory that was in use costs less than fresh. */
let room = Buffer.allocUnsafe(1_048_576);
let isRoomTaken = false;
/** Whatever a server sends after the text that a socket waits for is shorter. */
const TAIL = 4096;

/** What a socket holds back. */
interface Held {
  length: number;
  /** What it is to end with. */
  readonly end: Buffer;
  resolve(at: number): void;
}

/**
 * A WebSocket client that costs as little as can be (RFC 6455): text frames, masked with a zero key,
 * over a plain TCP socket. What is sent while frames are handled leaves in one write, as a good client does.
 */
export class WebSocket {
  /** Called when the connection ended without `close`. */
  onLost: () => void = () => {
    throw new Error("the server ended a connection");
  };
  readonly #socket: Socket;
  /** Chunks of a frame that is not whole yet. */
  #parts: Buffer[] = [];
  #length = 0;
  #needed = 0;
  /** What leaves together once the chunk at hand is done with; null while there is none. */
  #batch: string[] | null = null;
  #upgraded: (() => void) | null = null;
  /** While it holds back what comes. */
  #held: Held | null = null;
  readonly #onMessage: (payload: Buffer) => void;

  private constructor(url: URL, onMessage: (payload: Buffer) => void) {
    this.#onMessage = onMessage;
    const onread = { buffer: incoming, callback: this.#onChunk.bind(this) };
    this.#socket = connect({ host: url.hostname, port: Number(url.port), onread });
    this.#socket.setNoDelay(true);
  }

  /**
   * Connects and upgrades.
   * @param url http://host:port/path
   * @param onMessage called with each message; the bytes are good until it returns
   * @throws Error when the server does not answer with an upgrade
   */
  static connect(url: string, onMessage: (payload: Buffer) => void): Promise<WebSocket> {
    const target = new URL(url);
    const ws = new WebSocket(target, onMessage);
    const key = randomBytes(16).toString("base64");
    ws.#socket.write(
      `GET ${target.pathname}${target.search} HTTP/1.1\r\nHost: ${target.host}\r\n` +
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
        `Sec-WebSocket-Key: ${key}\r\n\r\n`,
    );
    return new Promise((resolve, reject) => {
      ws.#socket.once("error", reject);
      ws.#socket.once("close", () => {
        if (ws.#upgraded) reject(new Error("the server refused a WebSocket"));
        else ws.onLost();
      });
      ws.#upgraded = () => {
        ws.#upgraded = null;
        resolve(ws);
      };
    });
  }

  /** Sends a text message. */
  send(text: string): void {
    if (this.#batch) this.#batch.push(text);
    else this.#socket.write(encode([text]));
  }

  /** Lets everything that `write` sends leave in one write. */
  batch(write: () => void): void {
    if (this.#batch) {
      write();
      return;
    }
    const batch: string[] = [];
    this.#batch = batch;
    write();
    this.#batch = null;
    if (batch.length > 0) this.#socket.write(encode(batch));
  }

  /**
   * Holds back what comes until there is a text near its end, so that nothing but its arrival is timed;
   * then handles it as ever. One socket at a time can.
   * @returns when the text was here, in milliseconds of performance.now
   */
  holdUntil(text: string): Promise<number> {
    if (isRoomTaken) throw new Error("another socket holds back what comes");
    isRoomTaken = true;
    return new Promise((resolve) => {
      this.#held = { length: 0, end: Buffer.from(text), resolve };
    });
  }

  /** Ends the connection without ceremony. */
  close(): void {
    this.onLost = () => {};
    this.#socket.destroy();
  }

  #onChunk(size: number): boolean {
    const chunk = incoming.subarray(0, size);
    const whole = this.#held ? this.#hold(chunk, this.#held) : chunk;
    if (whole) this.batch(() => this.#take(whole));
    return true;
  }

  /** @returns all that was held back, once the end is here */
  #hold(chunk: Buffer, held: Held): Buffer | null {
    const length = held.length + chunk.length;
    if (length > room.length) {
      const larger = Buffer.allocUnsafe(2 * length);
      room.copy(larger, 0, 0, held.length);
      room = larger;
    }
    chunk.copy(room, held.length);
    // It may have come in two pieces.
    const from = Math.max(0, held.length - held.end.length, length - TAIL);
    held.length = length;
    if (!room.subarray(from, length).includes(held.end)) return null;
    held.resolve(performance.now());
    this.#held = null;
    isRoomTaken = false;
    return room.subarray(0, length);
  }

  #take(chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length < this.#needed) {
      this.#parts.push(Buffer.from(chunk));
      return;
    }
    const data = this.#parts.length === 0 ? chunk : Buffer.concat([...this.#parts, chunk]);
    const done = this.#upgraded ? this.#upgrade(data, this.#upgraded) : this.#frames(data, 0);
    this.#parts = done < data.length ? [Buffer.from(data.subarray(done))] : [];
    this.#length = data.length - done;
  }

  #upgrade(data: Buffer, upgraded: () => void): number {
    const end = data.indexOf("\r\n\r\n");
    if (end === -1) return 0;
    const status = data.toString("latin1", 0, data.indexOf("\r\n"));
    if (!status.startsWith("HTTP/1.1 101")) throw new Error(`the server answered ${status}`);
    upgraded();
    return this.#frames(data, end + 4);
  }

  #frames(data: Buffer, from: number): number {
    let at = from;
    this.#needed = 0;
    while (data.length - at >= 2) {
      let start = at + 2;
      let length = data[at + 1]! & 0x7f;
      if (length === 126) {
        if (data.length - at < 4) break;
        length = data.readUInt16BE(start);
        start += 2;
      } else if (length === 127) {
        if (data.length - at < 10) break;
        length = Number(data.readBigUInt64BE(start));
        start += 8;
      }
      if (data.length - start < length) {
        this.#needed = start + length - at;
        break;
      }
      this.#frame(data[at]!, data.subarray(start, start + length));
      at = start + length;
    }
    return at;
  }

  #frame(head: number, payload: Buffer): void {
    const opcode = head & 0x0f;
    if (head !== (0x80 | opcode)) throw new Error("the server sent a frame in parts");
    if (opcode === TEXT) this.#onMessage(payload);
    else if (opcode !== CLOSE) throw new Error(`the server sent a frame of kind ${opcode}`);
  }
}

/** A frame for each text, in one buffer. */
function encode(texts: readonly string[]): Buffer {
  let size = 0;
  for (const text of texts) size += MOST_HEAD + Buffer.byteLength(text);
  const frames = Buffer.allocUnsafe(size);
  let at = 0;
  for (const text of texts) {
    const length = Buffer.byteLength(text);
    frames[at++] = 0x80 | TEXT;
    if (length < 126) frames[at++] = 0x80 | length;
    else if (length < 65_536) {
      frames[at++] = 0x80 | 126;
      at = frames.writeUInt16BE(length, at);
    } else {
      frames[at++] = 0x80 | 127;
      at = frames.writeBigUInt64BE(BigInt(length), at);
    }
    at = frames.writeUInt32LE(0, at); // the mask
    at += frames.write(text, at);
  }
  return frames.subarray(0, at);
}
