import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** What a connection goes through after a while. */
const fates = ["cut", "deafen", "stall", "stall and cut", "replay", "twin", "slow"] as const;
type Fate = (typeof fates)[number];

/** Milliseconds, from and to. */
const CALM = [200, 6_000] as const;
const STALL = [100, 3_000] as const;
const DELAY = [0, 40] as const;
/** For how long the server hears a client that hears nothing any more. */
const DEAF = [0, 300] as const;

/**
 * A TCP proxy as the worst networks are: it cuts connections, delays, stalls, loses the answers to what
 * the server has heard, and lets the server hear the same bytes over a second connection, during the
 * first or after it. It reads nothing of what it carries. The same seed makes the same plans.
 */
export class UnrulyProxy {
  readonly url: string;
  /** How often each thing happened, and how many connections there were. */
  readonly counts: Record<Fate | "connections", number>;
  readonly #server: Server;
  readonly #target: { port: number; host: string };
  readonly #random: () => number;
  readonly #links = new Set<Link>();
  #isCalm = false;

  private constructor(server: Server, target: URL, seed: number) {
    this.#server = server;
    this.#target = { port: Number(target.port), host: target.hostname };
    this.#random = mulberry32(seed);
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const none = fates.map((fate) => [fate, 0]);
    this.counts = { connections: 0, ...Object.fromEntries(none) };
    server.on("connection", (client: Socket) => this.#accept(client));
  }

  /**
   * Starts a proxy.
   * @param target URL of the server behind it
   * @param seed any whole number
   */
  static async start(target: string, seed: number): Promise<UnrulyProxy> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new UnrulyProxy(server, new URL(target), seed);
  }

  /** From now on everything goes through as it comes; connections that there are stay. */
  calm(): void {
    this.#isCalm = true;
    for (const link of this.#links) link.calm();
  }

  /** Ends it and every connection. */
  async stop(): Promise<void> {
    for (const link of this.#links) link.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(client: Socket): void {
    this.counts.connections += 1;
    const link = new Link(client, this.#target, () => this.#links.delete(link));
    this.#links.add(link);
    if (!this.#isCalm) void this.#trouble(link);
  }

  async #trouble(link: Link): Promise<void> {
    while (!link.isOver && !this.#isCalm) {
      await pause(this.#between(CALM));
      if (link.isOver || this.#isCalm) return;
      const fate = fates[Math.floor(this.#random() * fates.length)]!;
      this.counts[fate] += 1;
      switch (fate) {
        case "cut":
          link.cut();
          break;
        case "deafen":
          link.deafen();
          await pause(this.#between(DEAF));
          link.cut();
          break;
        case "stall":
          await link.stall(this.#between(STALL));
          break;
        case "stall and cut":
          await link.stall(this.#between(STALL));
          link.cut();
          break;
        case "replay":
          link.cut();
          link.copy().end();
          break;
        case "twin":
          link.copy();
          break;
        case "slow":
          link.delay = () => this.#between(DELAY);
          break;
      }
    }
  }

  #between([from, to]: readonly [number, number]): number {
    return from + this.#random() * (to - from);
  }
}

/** A client's connection and the one to the server that belongs to it. */
class Link {
  isOver = false;
  /** Of each piece that goes through, in milliseconds. */
  delay: () => number = () => 0;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #target: { port: number; host: string };
  readonly #onOver: () => void;
  /** All that the client has sent. */
  readonly #sent: Buffer[] = [];
  /** Further connections over which the server hears the client. */
  readonly #copies: Socket[] = [];
  #stalled: Promise<void> = Promise.resolve();
  #deaf = false;

  constructor(client: Socket, target: { port: number; host: string }, onOver: () => void) {
    this.#client = client;
    this.#target = target;
    this.#onOver = onOver;
    this.#server = connect(target);
    void this.#carry(client, (bytes) => {
      this.#sent.push(bytes);
      for (const socket of [this.#server, ...this.#copies]) socket.write(bytes);
    });
    void this.#carry(this.#server, (bytes) => {
      if (!this.#deaf) client.write(bytes);
    });
  }

  /** Ends both connections at once. */
  cut(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#client.destroy();
    // What the client sent still arrives.
    this.#server.end();
    for (const copy of this.#copies) copy.end();
    this.#onOver();
  }

  /** Lets nothing come back to the client any more. */
  deafen(): void {
    this.#deaf = true;
  }

  /** Lets nothing through for some milliseconds. */
  async stall(ms: number): Promise<void> {
    this.#stalled = pause(ms);
    await this.#stalled;
  }

  /** Lets the server hear all that the client has sent and will send over another connection too. */
  copy(): Socket {
    const copy = connect(this.#target);
    copy.on("error", () => {});
    // The answers are for nobody.
    copy.resume();
    for (const bytes of this.#sent) copy.write(bytes);
    if (!this.isOver) this.#copies.push(copy);
    return copy;
  }

  /** Lets everything through. */
  calm(): void {
    this.delay = () => 0;
    // What was lost on the way makes what follows unreadable.
    if (this.#deaf) this.cut();
  }

  async #carry(from: Socket, hand: (bytes: Buffer) => void): Promise<void> {
    try {
      for await (const bytes of from) {
        await this.#stalled;
        const ms = this.delay();
        if (ms > 0) await pause(ms);
        hand(bytes);
      }
    } catch {
      // A connection that breaks is what this is about.
    }
    this.cut();
  }
}

/** A small generator of numbers in [0, 1), by Tommy Ettinger (2017, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
