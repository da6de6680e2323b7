import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import pg from "pg";
import type { Entry } from "../../contract/entry.ts";
import { CommandError } from "../../contract/errors.ts";
import { connect, Follower, type TestClient } from "./client.ts";
import { botPost, hireWriters, type Post, personPost, type Writer } from "./crowd_writers.ts";
import { OWNER_TOKEN, type TestNode } from "./node.ts";
import { expectSame, readRows, readStream } from "./one_stream.ts";

const FOLLOWERS = 30;
/** Of all followers, those of the busy session; the others share the quiet ones. */
const BUSY_FOLLOWERS = 18;
const WAYS = ["stays", "joins late", "moves"] as const;
/** Milliseconds until a client that was refused tries again, as a real one would wait. */
const RETRY_MS = 200;
const TRIES = 150;

/** Posts a writer sends before it waits for their replies. */
const UNDER_WAY = 8;

/** How somebody follows. */
interface Plan {
  readonly session_id: string;
  /** The node it prefers at first. */
  readonly node: number;
  readonly way: (typeof WAYS)[number];
  /** When it joins late: how much of the session somebody else has seen by then. */
  readonly share: number;
}

/**
 * What the promises of the stream are shown with: 16 writers on one session and 16 on four others,
 * and 30 followers, all spread over all nodes. A third of the followers is there from the start to
 * the end, a third joins late at number 1, a third changes nodes three times on the way. Whoever
 * loses a connection goes on at the next node: writers with the same ids, followers from the last
 * entry they have.
 */
export class Crowd {
  /** The busy session first. */
  readonly session_ids: readonly string[];
  readonly followers: Follower[] = [];
  /** What writers were told is stored. */
  readonly acknowledged: Entry[] = [];
  /** Connections that ended without the client's doing. */
  lost = 0;
  /** Times a client had to try again, because it lost its connection or the server was away. */
  retries = 0;
  #closed = false;
  readonly #nodes: readonly TestNode[];
  readonly #writers: readonly Writer[];
  readonly #lengths: ReadonlyMap<string, number>;
  readonly #plans: readonly Plan[];
  readonly #clients = new Set<TestClient>();
  /** What each acknowledged entry was made from. */
  readonly #posts = new Map<Entry, { writer: Writer; post: Post }>();
  /** Followers that change nodes, and the node they began at. */
  readonly #moving = new Map<Follower, number>();
  readonly #moves = new Map<Follower, Promise<void>>();

  private constructor(nodes: readonly TestNode[], writers: readonly Writer[]) {
    this.#nodes = nodes;
    this.#writers = writers;
    const lengths = new Map<string, number>();
    for (const { session_id, posts } of writers) {
      lengths.set(session_id, (lengths.get(session_id) ?? 0) + posts);
    }
    this.#lengths = lengths;
    this.session_ids = [...lengths.keys()];
    const [busy, ...quiet] = this.session_ids;
    this.#plans = Array.from({ length: FOLLOWERS }, (_, index) => ({
      session_id: index < BUSY_FOLLOWERS ? busy! : quiet[index % quiet.length]!,
      node: Math.floor(index / WAYS.length),
      way: WAYS[index % WAYS.length]!,
      share: 0.2 + (0.6 * index) / FOLLOWERS,
    }));
  }

  /**
   * Makes the sessions and the bots, and lets those join who are there from the start.
   * @param total entries to be written, a multiple of 32
   */
  static async gather(nodes: readonly TestNode[], total: number): Promise<Crowd> {
    const owner = await connect(nodes[0]!.url);
    const crowd = new Crowd(nodes, await hireWriters(owner, total));
    owner.close();
    await Promise.all(crowd.#plans.map((plan) => plan.way !== "joins late" && crowd.#join(plan)));
    return crowd;
  }

  /** Lets everybody write and follow; resolves with the seconds until every follower had it all. */
  run(): Promise<number> {
    const run = this.#run();
    // A test that fails meanwhile awaits it no more, and as a rejection it would fail the next one.
    run.catch(() => {});
    return run;
  }

  async #run(): Promise<number> {
    const started = performance.now();
    await Promise.all([
      ...this.#writers.map((writer) => this.#write(writer)),
      ...this.#plans.map((plan) => plan.way === "joins late" && this.#joinLate(plan)),
      ...[...this.#moving].map(([follower, node]) => this.#moveAlong(follower, node)),
    ]);
    await Promise.all(
      this.followers.map((follower) => follower.reached(this.#lengths.get(follower.session_id)!)),
    );
    return (performance.now() - started) / 1000;
  }

  /** Sends again what made these entries, as a client that missed the replies would. */
  async repeat(entries: readonly Entry[]): Promise<void> {
    const connections = new Map<Writer, () => Promise<TestClient>>();
    for (const entry of entries) {
      const { writer, post } = this.#posts.get(entry)!;
      const connection = connections.get(writer) ?? this.#lasting(writer);
      connections.set(writer, connection);
      const reply = await (await connection()).call(post[0], post[1]);
      expect(reply).to.deep.equal({ ...entry, duplicate: true });
    }
  }

  /** Resolves when somebody has seen this share of the busy session. */
  async seen(share: number): Promise<void> {
    await this.#seenIn(this.session_ids[0]!, share);
  }

  /**
   * Holds what everybody got against what a node reads out, and that against the tables.
   * @param databaseUrl where the nodes store
   */
  async expectOneStream(databaseUrl: string): Promise<void> {
    expect(this.followers).to.have.length(FOLLOWERS);
    const reader = await this.#connect(0, OWNER_TOKEN);
    const database = new pg.Client(databaseUrl);
    await database.connect();
    try {
      const stored = new Map<string, Entry>();
      for (const [session_id, length] of this.#lengths) {
        const stream = await readStream(reader, session_id);
        expect(stream.every((entry, index) => entry.seq === index + 1)).to.equal(true);
        expect(stream).to.have.length(length);
        expect(new Set(stream.map((entry) => entry.kind)).size).to.equal(4);
        expectSame(await readRows(database, session_id), stream, "PostgreSQL");
        this.#expectFollowed(session_id, stream);
        for (const entry of stream) stored.set(entry.id, entry);
      }
      const confirmed = this.acknowledged.map((entry) => stored.get(entry.id));
      expectSame(this.acknowledged, confirmed, "the writers");
      expect(confirmed).to.have.length(stored.size);
    } finally {
      await database.end();
    }
  }

  /** Closes every connection and ends whatever a failed test left under way. */
  close(): void {
    this.#closed = true;
    for (const client of this.#clients) client.close();
  }

  async #write(writer: Writer): Promise<void> {
    const { session_id, bot, posts } = writer;
    const connection = this.#lasting(writer);
    for (let index = 0; index < posts; index += UNDER_WAY) {
      const numbers = Array.from(
        { length: Math.min(UNDER_WAY, posts - index) },
        (_, n) => index + n,
      );
      await Promise.all(
        numbers.map(async (number) => {
          const [name, input] = (bot ? botPost : personPost)(session_id, number);
          const send = async () => (await connection()).call(name, input);
          const { duplicate, ...entry } = await this.#insist(send);
          this.acknowledged.push(entry);
          this.#posts.set(entry, { writer, post: [name, input] as Post });
        }),
      );
    }
    (await connection()).close();
  }

  /** Gives a function that gives the writer's connection, a new one if it was lost. */
  #lasting({ node, token }: Writer): () => Promise<TestClient> {
    let connection: Promise<TestClient> | undefined;
    const forget = () => {
      connection = undefined;
    };
    return () => {
      if (connection) return connection;
      connection = this.#connect(node, token);
      connection.then(({ socket }) => socket.once("disconnect", forget), forget);
      return connection;
    };
  }

  async #join({ session_id, node, way }: Plan): Promise<void> {
    const follower = await this.#insist(async () =>
      Follower.join(await this.#connect(node, OWNER_TOKEN), session_id, 0),
    );
    this.#goOnAfterLoss(follower, node);
    this.followers.push(follower);
    if (way === "moves") this.#moving.set(follower, node);
  }

  async #joinLate(plan: Plan): Promise<void> {
    await this.#seenIn(plan.session_id, plan.share);
    await this.#join(plan);
  }

  async #moveAlong(follower: Follower, node: number): Promise<void> {
    for (const [step, share] of [0.25, 0.5, 0.75].entries()) {
      await follower.reached(this.#at(follower.session_id, share));
      await this.#move(follower, node + step + 1);
    }
  }

  /** One move after the other, since a connection may be lost while its follower moves. */
  #move(follower: Follower, node: number): Promise<void> {
    const before = this.#moves.get(follower) ?? Promise.resolve();
    const move = before.then(() =>
      this.#insist(async () => follower.moveTo(await this.#connect(node, OWNER_TOKEN))),
    );
    this.#moves.set(follower, move);
    return move.then(() => this.#goOnAfterLoss(follower, node));
  }

  #goOnAfterLoss(follower: Follower, node: number): void {
    const { socket } = follower.client;
    const goOn = () => void this.#move(follower, node + 1);
    if (!socket.connected) goOn();
    socket.once("disconnect", (reason) => {
      if (reason !== "io client disconnect") goOn();
    });
  }

  async #seenIn(session_id: string, share: number): Promise<void> {
    const seq = this.#at(session_id, share);
    const others = this.followers.filter((follower) => follower.session_id === session_id);
    await Promise.race(others.map((follower) => follower.reached(seq)));
  }

  #expectFollowed(session_id: string, stream: readonly Entry[]): void {
    for (const [index, follower] of this.followers.entries()) {
      if (follower.session_id !== session_id) continue;
      expectSame(follower.entries, stream, `follower ${index}`);
    }
  }

  #at(session_id: string, share: number): number {
    return Math.ceil(this.#lengths.get(session_id)! * share);
  }

  /** Connects to this node, or to the next that is there. */
  async #connect(node: number, token: string): Promise<TestClient> {
    for (let step = 0; ; step += 1) {
      const { url } = this.#nodes[(node + step) % this.#nodes.length]!;
      try {
        const client = await connect(url, token);
        this.#clients.add(client);
        client.socket.once("disconnect", (reason) => {
          this.#clients.delete(client);
          if (reason !== "io client disconnect") this.lost += 1;
        });
        return client;
      } catch (error) {
        if (step >= this.#nodes.length - 1) throw error;
      }
    }
  }

  /** Tries again while connections break and the server says that it is away. */
  async #insist<Result>(attempt: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        // Nobody waits for the outcome any more, and as a rejection it would fail the next test.
        if (this.#closed) return new Promise(() => {});
        const final = error instanceof CommandError && error.code !== "unavailable";
        if (final || tries === TRIES) throw error;
        this.retries += 1;
        await pause(RETRY_MS);
      }
    }
  }
}
