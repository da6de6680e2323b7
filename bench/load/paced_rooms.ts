import { setTimeout as pause } from "node:timers/promises";
import type { Bench } from "./bench.ts";
import type { Client } from "./client.ts";
import type { Follower } from "./follower.ts";
import { Latencies } from "./latencies.ts";

interface Room {
  readonly writer: Client;
  readonly session_id: string;
  readonly followers: readonly Follower[];
  posts: number;
}

/** Milliseconds of the posts of one time. */
export interface PacedTimes {
  /** From each post to each of its deliveries. */
  readonly deliveries: Latencies;
  /** From each post to its acknowledgement. */
  readonly replies: Latencies;
}

/** Sessions with a writer and some followers each, in which people post at an even pace. */
export class PacedRooms {
  readonly #bench: Bench;
  readonly #rooms: readonly Room[];
  /** When each text was sent. */
  readonly #sent: number[] = [];
  #times: PacedTimes = { deliveries: new Latencies(), replies: new Latencies() };

  private constructor(bench: Bench, rooms: readonly Room[]) {
    this.#bench = bench;
    this.#rooms = rooms;
    for (const follower of rooms.flatMap(({ followers }) => followers)) {
      follower.onDelivery = ({ texts }) => {
        const now = performance.now();
        for (const text of texts) this.#times.deliveries.add(now - this.#sent[text]!);
      };
    }
  }

  /** Makes the sessions and connects everybody. */
  static async open(bench: Bench, sessions: number, subscribers: number): Promise<PacedRooms> {
    const rooms: Room[] = [];
    for (const [index, writer] of (await bench.connectAll(sessions)).entries()) {
      const owner = bench.people[index % bench.people.length]!;
      const session = await bench.createSession(writer, [owner]);
      const followers = await Promise.all(
        Array.from({ length: subscribers }, async () => (await bench.connect(index)).join(session)),
      );
      rooms.push({ writer, session_id: session.session_id, followers, posts: 0 });
    }
    return new PacedRooms(bench, rooms);
  }

  /** Posts in one room after the other at even steps, however late the replies are. */
  async post(perSecond: number, seconds: number): Promise<PacedTimes> {
    this.#times = { deliveries: new Latencies(), replies: new Latencies() };
    const started = performance.now();
    const acknowledged: Promise<void>[] = [];
    while (acknowledged.length < seconds * perSecond) {
      const due = ((performance.now() - started) / 1000) * perSecond;
      while (acknowledged.length < due) acknowledged.push(this.#post(acknowledged.length));
      await pause(1);
    }
    await Promise.all(acknowledged);
    await Promise.all(
      this.#rooms.flatMap(({ followers, posts }) =>
        followers.map((follower) => follower.reached(posts)),
      ),
    );
    return this.#times;
  }

  #post(count: number): Promise<void> {
    const room = this.#rooms[count % this.#rooms.length]!;
    const text = this.#bench.nextText();
    const { replies } = this.#times;
    const sent = performance.now();
    this.#sent[text] = sent;
    room.posts += 1;
    return new Promise((resolve) =>
      room.writer.post(room.session_id, text, () => {
        replies.add(performance.now() - sent);
        resolve();
      }),
    );
  }
}
