import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Entry } from "../../contract/entry.ts";

/** What a client of Server-Sent Events was given: the bare wire, so that it can be paused. */
export class EventStream {
  readonly response: IncomingMessage;
  readonly entries: Entry[] = [];
  /** The `id` of each event that had one. */
  readonly ids: string[] = [];
  /** The reason given by `event: closed`, if it came. */
  closed: string | undefined;
  comments = 0;
  #text = "";
  #waiting: (() => void)[] = [];

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding("utf8").on("data", (chunk: string) => this.#read(chunk));
    response.on("error", () => {}); // an aborted connection; `ended` tells
    response.on("close", () => this.#wake());
  }

  /**
   * Opens a session's event stream.
   * @param query such as "?after=3"
   * @throws Error with the status and the body, when it is refused
   */
  static async open(
    url: string,
    token: string,
    session_id: string,
    { query = "", headers = {} }: { query?: string; headers?: Record<string, string> } = {},
  ): Promise<EventStream> {
    const sent = request(`${url}/api/v1/sessions/${session_id}/stream${query}`, {
      headers: { Authorization: `Bearer ${token}`, Accept: "text/event-stream", ...headers },
      agent: false,
    });
    sent.end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    if (response.statusCode === 200) return new EventStream(response);
    const body = await response.setEncoding("utf8").toArray();
    throw new Error(`${response.statusCode} ${body.join("")}`);
  }

  get seqs(): number[] {
    return this.entries.map((entry) => entry.seq);
  }

  /** Resolves when it has the entry of this number; throws when the stream ends before. */
  reached(seq: number): Promise<void> {
    return this.until(() => (this.entries.at(-1)?.seq ?? 0) >= seq);
  }

  /** Resolves when that is so; throws when the stream ends before. */
  async until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      if (this.response.closed) throw new Error("the stream ended before that");
      await this.#change();
    }
  }

  /** Resolves when the connection is gone, whoever ended it. */
  async ended(): Promise<void> {
    while (!this.response.closed) await this.#change();
  }

  /** Ends the connection without a word, as a laptop's lid does. */
  abort(): void {
    this.response.destroy();
  }

  #read(chunk: string): void {
    const parts = (this.#text + chunk).split("\n\n");
    this.#text = parts.pop()!;
    for (const part of parts) this.#take(part.split("\n"));
    this.#wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #take(lines: string[]): void {
    const field = (name: string) =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const [id, event, data] = [field("id"), field("event"), field("data")];
    if (lines[0]!.startsWith(":")) this.comments += 1;
    else if (event === "closed") this.closed = JSON.parse(data!).reason;
    else {
      this.ids.push(id!);
      this.entries.push(JSON.parse(data!));
    }
  }
}
