import type { Entry } from "../../contract/entry.ts";

/** Follows a session as Server-Sent Events, and keeps what it was given. */
export class EventStream {
  readonly entries: Entry[] = [];
  /** Resolves with the reason when the server says `closed`, or with null if it just ends. */
  readonly ended: Promise<string | null>;
  readonly #abort: AbortController;
  #waiting: { seq: number; resolve: () => void }[] = [];

  private constructor(response: Response, abort: AbortController) {
    this.#abort = abort;
    this.ended = this.#read(response.body!);
  }

  /**
   * Begins to follow; resolves when the server has accepted.
   * @throws Error with the response's status and body when it refused
   */
  static async open(
    url: string,
    token: string,
    session_id: string,
    after: number,
  ): Promise<EventStream> {
    const abort = new AbortController();
    const response = await fetch(`${url}/api/v1/sessions/${session_id}/stream?after=${after}`, {
      headers: { Authorization: `Bearer ${token}`, Accept: "text/event-stream" },
      signal: abort.signal,
    });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return new EventStream(response, abort);
  }

  /** Resolves when it has the entry of this number. */
  reached(seq: number): Promise<void> {
    if ((this.entries.at(-1)?.seq ?? 0) >= seq) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ seq, resolve }));
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<string | null> {
    const decoder = new TextDecoder();
    let text = "";
    try {
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
        const blocks = (text + decoder.decode(chunk, { stream: true })).split("\n\n");
        text = blocks.pop()!;
        for (const block of blocks) {
          const data = /^data: (.*)$/m.exec(block)?.[1];
          if (data === undefined) continue;
          if (/^event: closed$/m.test(block))
            return (JSON.parse(data) as { reason: string }).reason;
          this.#take(JSON.parse(data) as Entry);
        }
      }
    } catch {
      // Cut off, by `close` or by the server's end: it was told no reason.
    }
    return null;
  }

  #take(entry: Entry): void {
    this.entries.push(entry);
    this.#waiting = this.#waiting.filter(({ seq, resolve }) => {
      if (entry.seq < seq) return true;
      resolve();
      return false;
    });
  }
}
