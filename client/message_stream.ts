import { CommandError } from "../contract/errors.ts";

/** Between two pieces: what is written in between goes together. */
const PAUSE_MS = 50;
/** After a piece that did not arrive. */
const LONG_PAUSE_MS = 200;
/** Of one piece, in UTF-16 code units; see `delta.send`. */
const LONGEST_PIECE = 16_384;

type Send = (offset: number, text: string, signal: AbortSignal) => Promise<unknown>;

/**
 * A message that others see grow, and that is posted as one when it ends. Pieces are shown as fast as
 * the server takes them: while one is under way, what is written waits, and goes as one.
 */
export class MessageStream<Posted = unknown> {
  readonly #signal: AbortSignal;
  readonly #ended = new AbortController();
  readonly #send: Send;
  readonly #post: (content: string) => Promise<Posted>;
  #text = "";
  #shown = 0;
  #showing = false;

  /**
   * @param signal aborted when it may not be posted any more
   * @param send shows a piece; nothing depends on its arriving
   * @param post posts the whole
   */
  constructor(signal: AbortSignal, send: Send, post: (content: string) => Promise<Posted>) {
    this.#signal = signal;
    this.#send = send;
    this.#post = post;
  }

  /** Whether something was written and it has not ended. */
  get isOpen(): boolean {
    return this.#text !== "" && !this.#ended.signal.aborted;
  }

  /** What was written so far. */
  get text(): string {
    return this.#text;
  }

  /**
   * Adds a piece.
   * @throws TurnEnded when it would be in vain
   */
  write(piece: string): void {
    this.#signal.throwIfAborted();
    if (this.#ended.signal.aborted) throw new Error("This message has ended");
    this.#text += piece;
    if (!this.#showing) void this.#show();
  }

  /**
   * Posts it.
   * @throws as Turn.say
   */
  end(): Promise<Posted> {
    // Pieces that arrive after the message would look like another one.
    this.#ended.abort();
    return this.#post(this.#text);
  }

  async #show(): Promise<void> {
    this.#showing = true;
    const signal = AbortSignal.any([this.#signal, this.#ended.signal]);
    for (let piece = this.#piece(); piece && !signal.aborted; piece = this.#piece()) {
      const sent = this.#send(this.#shown, piece, signal).then(
        () => "arrived",
        (error) =>
          error instanceof CommandError && error.code === "forbidden" ? "refused" : "lost",
      );
      const how = await sent;
      // As where the agent is only lent. It stays as if it was being shown, so that nothing is tried again.
      if (how === "refused") return;
      if (how === "arrived") this.#shown += piece.length;
      await pause(how === "arrived" ? PAUSE_MS : LONG_PAUSE_MS, signal);
    }
    this.#showing = false;
  }

  /** What is to be shown next, which does not end within a character of two units. */
  #piece(): string {
    const piece = this.#text.slice(this.#shown, this.#shown + LONGEST_PIECE);
    return /[\uD800-\uDBFF]$/.test(piece) ? piece.slice(0, -1) : piece;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
