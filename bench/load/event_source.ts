import { connect, type Socket } from "node:net";
import type { Incoming, Row, Session } from "./dialects/dialect.ts";

/** All connections read into this one: a piece is done with before the next is read. */
const incoming = Buffer.allocUnsafe(1_048_576);
const LINE_END = "\r\n";
const HEAD_END = "\r\n\r\n";
const EVENT_END = "\n\n";

/**
 * Follows a session over HTTP as Server-Sent Events, at as little cost as can be: it undoes the
 * chunked coding (RFC 9112, section 7.1) itself, over a plain TCP socket.
 */
export class EventSource {
  readonly #socket: Socket;
  readonly #onEvents: (payload: Buffer) => void;
  /** Pieces of a chunk that is not whole yet. */
  #parts: Buffer[] = [];
  #length = 0;
  #needed = 0;
  /** Called when the server has agreed; null after that. */
  #opened: (() => void) | null = null;

  private constructor(url: URL, onEvents: (payload: Buffer) => void) {
    this.#onEvents = onEvents;
    const onread = { buffer: incoming, callback: this.#onPiece.bind(this) };
    this.#socket = connect({ host: url.hostname, port: Number(url.port), onread });
    this.#socket.setNoDelay(true);
  }

  /**
   * Asks for what comes after the session's head; resolves when the server has agreed.
   * @param server http://host:port
   * @param onEvents called with the events of one chunk; the bytes are good until it returns
   * @throws Error when the server refuses
   */
  static open(
    server: string,
    token: string,
    { session_id, head }: Session,
    onEvents: (payload: Buffer) => void,
  ): Promise<EventSource> {
    const url = new URL(`/api/v1/sessions/${session_id}/stream?after=${head}`, server);
    const source = new EventSource(url, onEvents);
    source.#socket.write(
      `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n` +
        `Accept: text/event-stream\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    return new Promise((resolve, reject) => {
      source.#socket.once("error", reject);
      source.#socket.once("end", () => {
        throw new Error("the server ended an event stream");
      });
      source.#opened = () => resolve(source);
    });
  }

  /** Ends the connection without ceremony. */
  close(): void {
    this.#socket.destroy();
  }

  #onPiece(size: number): boolean {
    const piece = incoming.subarray(0, size);
    this.#length += size;
    if (this.#length < this.#needed) {
      this.#parts.push(Buffer.from(piece));
      return true;
    }
    const data = this.#parts.length === 0 ? piece : Buffer.concat([...this.#parts, piece]);
    const done = this.#opened ? this.#head(data, this.#opened) : this.#chunks(data, 0);
    this.#parts = done < data.length ? [Buffer.from(data.subarray(done))] : [];
    this.#length = data.length - done;
    return true;
  }

  #head(data: Buffer, opened: () => void): number {
    const end = data.indexOf(HEAD_END);
    if (end === -1) return 0;
    const head = data.toString("latin1", 0, end);
    if (!/^HTTP\/1\.1 200 [\s\S]*^content-type: text\/event-stream/im.test(head)) {
      throw new Error(`the server answered ${head}`);
    }
    this.#opened = null;
    opened();
    return this.#chunks(data, end + HEAD_END.length);
  }

  #chunks(data: Buffer, from: number): number {
    let at = from;
    this.#needed = 0;
    while (at < data.length) {
      const lineEnd = data.indexOf(LINE_END, at);
      if (lineEnd === -1) break;
      const start = lineEnd + LINE_END.length;
      const end = start + Number.parseInt(data.toString("latin1", at, lineEnd), 16);
      if (end + LINE_END.length > data.length) {
        this.#needed = end + LINE_END.length - at;
        break;
      }
      this.#onEvents(data.subarray(start, end));
      at = end + LINE_END.length;
    }
    return at;
  }
}

/**
 * Understands the events of one chunk (WHATWG HTML, section 9.2), each of which is a message.
 * @throws Error when one is cut, or its id is not by which a client would read on
 */
export function readEvents(payload: Buffer): Incoming {
  const text = payload.toString();
  if (!text.endsWith(EVENT_END)) throw new Error(`the server sent an event in parts: ${text}`);
  const events = text.slice(0, -EVENT_END.length).split(EVENT_END);
  return { kind: "rows", rows: events.filter((event) => !event.startsWith(":")).map(rowOf) };
}

function rowOf(event: string): Row {
  const [, id, data] = /^id: (\d+)\ndata: (.+)$/.exec(event) ?? [];
  if (data === undefined) throw new Error(`the server sent another event: ${event}`);
  const row = JSON.parse(data) as Row & { readonly id: unknown };
  if (Number(id) !== (row.seq ?? row.id))
    throw new Error(`an event came with another id: ${event}`);
  return row;
}
