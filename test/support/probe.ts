import { setTimeout as pause } from "node:timers/promises";
import { Follower, type TestClient } from "./client.ts";

/** Milliseconds from sending a post to its arrival at a follower. */
export interface Delay {
  /** At the node that took it. */
  local: number;
  /** At another node. */
  across: number;
}

/** A session of its own in which one node takes posts, and followers wait there and elsewhere. */
export class Probe {
  readonly session_id: string;
  /** At the node that takes the posts. */
  readonly here: Follower;
  /** At the other node. */
  readonly there: Follower;

  private constructor(here: Follower, there: Follower) {
    this.session_id = here.session_id;
    this.here = here;
    this.there = there;
  }

  /**
   * @param here a client at the node that is to take the posts
   * @param there a client at the other node
   */
  static async place(here: TestClient, there: TestClient): Promise<Probe> {
    const { id } = await here.call("session.create", { title: "Probe" });
    return new Probe(await Follower.join(here, id, 0), await Follower.join(there, id, 0));
  }

  /** Posts one comment, and gives its number once it is acknowledged. */
  async post(): Promise<number> {
    const { session_id } = this;
    const { seq } = await this.here.client.call("comment.post", { session_id, content: "probe" });
    return seq;
  }

  /** Posts one comment, and resolves when it has arrived at both. */
  async measure(): Promise<Delay> {
    const sent = performance.now();
    const passed = () => performance.now() - sent;
    const seq = await this.post();
    const [local, across] = await Promise.all([
      this.here.reached(seq).then(passed),
      this.there.reached(seq).then(passed),
    ]);
    return { local, across };
  }

  /** Measures again and again until something has happened; gives the longest delays of how many. */
  async measureUntil(end: Promise<unknown>): Promise<Delay & { posts: number }> {
    const over = end.then(() => true);
    const worst = { posts: 0, local: 0, across: 0 };
    while (!(await Promise.race([over, pause(50)]))) {
      const { local, across } = await this.measure();
      worst.posts += 1;
      worst.local = Math.max(worst.local, Math.round(local));
      worst.across = Math.max(worst.across, Math.round(across));
    }
    return worst;
  }

  close(): void {
    this.here.client.close();
    this.there.client.close();
  }
}
