/** Redis' commands to subscribe: to a channel, to all that match a pattern, to a channel of one shard. */
export type Subscribing = "subscribe" | "psubscribe" | "ssubscribe";
type Unsubscribing = "unsubscribe" | "punsubscribe" | "sunsubscribe";

/** A client that refuses what it is asked while Redis is away, and queues nothing. */
type Subscriber = Record<
  Subscribing | Unsubscribing,
  (channel: string) => Promise<unknown> | undefined
> & { readonly status: string };

/** A channel, or a pattern, that somebody wants to hear. */
interface Wanted {
  readonly command: Subscribing;
  readonly channel: string;
  state: "asked" | "refused" | "heard";
  /** Whether it was heard before, so that messages of it may be lost. */
  wasHeard: boolean;
  /** What `add` returned, and what settles it. */
  readonly heard: Promise<void>;
  readonly settle: () => void;
}

/** After how long Redis is asked again for what it refused. */
const ASK_AGAIN_MS = 1_000;

/**
 * What a client is to hear. Redis may be away when it is asked, or refuse, as while it loads its data or runs a
 * long script: it is asked again until it has taken it. However long that lasts, all that is kept is what is
 * wanted by then.
 */
export class Subscriptions {
  readonly #client: Subscriber;
  readonly #wanted = new Map<string, Wanted>();
  /** What is heard though nobody wants it any more, until Redis has taken that. */
  readonly #unwanted = new Map<string, Wanted>();
  readonly #listeners: (() => void)[] = [];
  #again: NodeJS.Timeout | undefined;

  /** @param client its owner calls `renew` or `resume` when it has connected */
  constructor(client: Subscriber) {
    this.#client = client;
  }

  /** Resolves when what is said there arrives, or is not wanted any more. */
  add(command: Subscribing, channel: string): Promise<void> {
    const key = keyOf(command, channel);
    this.#unwanted.delete(key);
    const known = this.#wanted.get(key);
    if (known) return known.heard;
    let settle = () => {};
    const heard = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const wanted: Wanted = { command, channel, state: "asked", wasHeard: false, heard, settle };
    this.#wanted.set(key, wanted);
    void this.#ask(wanted);
    return heard;
  }

  /** Ends what `add` began; harmless if nothing did. */
  remove(command: Subscribing, channel: string): void {
    const key = keyOf(command, channel);
    const wanted = this.#wanted.get(key);
    this.#wanted.delete(key);
    wanted?.settle();
    if (wanted?.wasHeard) this.#unwanted.set(key, wanted);
    void this.#end(command, channel);
  }

  /** Calls a listener whenever something is heard again after a time whose messages are lost. */
  onAgain(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Asks for everything, after what the client was subscribed to has ended with its connection. */
  renew(): void {
    this.#unwanted.clear();
    for (const wanted of this.#wanted.values()) void this.#ask(wanted);
  }

  /** Asks again for what was refused, after the client itself has subscribed again to some of the rest. */
  resume(): void {
    this.#askRefused();
    this.#tellAgain();
  }

  /** Asks for nothing any more. */
  stop(): void {
    clearTimeout(this.#again);
    this.#wanted.clear();
    this.#unwanted.clear();
  }

  async #ask(wanted: Wanted): Promise<void> {
    const { command, channel, state } = wanted;
    const isWanted = () => this.#wanted.get(keyOf(command, channel)) === wanted;
    wanted.state = "asked";
    // A cluster's client subscribes by itself, later, as often as it was refused.
    if (state === "refused") void this.#end(command, channel);
    try {
      await this.#client[command](channel);
      wanted.settle();
      if (!isWanted()) return;
      wanted.state = "heard";
      if (wanted.wasHeard) this.#tellAgain();
      wanted.wasHeard = true;
    } catch {
      wanted.state = "refused";
      if (isWanted()) this.#askAgainSoon();
    }
  }

  async #end(command: Subscribing, channel: string): Promise<void> {
    const end = command.replace("sub", "unsub") as Unsubscribing;
    const key = keyOf(command, channel);
    try {
      await this.#client[end](channel);
      this.#unwanted.delete(key);
    } catch {
      if (this.#unwanted.has(key)) this.#askAgainSoon();
    }
  }

  #askAgainSoon(): void {
    this.#again ??= setTimeout(() => this.#askRefused(), ASK_AGAIN_MS).unref();
  }

  #askRefused(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
    // All are asked for when it has connected.
    if (this.#client.status !== "ready") return;
    for (const wanted of this.#wanted.values()) {
      if (wanted.state === "refused") void this.#ask(wanted);
    }
    for (const { command, channel } of this.#unwanted.values()) void this.#end(command, channel);
  }

  #tellAgain(): void {
    for (const listener of this.#listeners) listener();
  }
}

function keyOf(command: Subscribing, channel: string): string {
  return `${command} ${channel}`;
}
