import type { Identity } from "../../models/index.ts";
import type { Access } from "./access.ts";
import type { Facts, Post } from "./store.ts";
import type { LockedSession } from "./write.ts";

/** What this node knows of a session since it last wrote to it. */
interface Known {
  readonly session: LockedSession;
  /** What actors may do there, by the identity itself: a connection posts with one and the same. */
  readonly accesses: WeakMap<Identity, Access>;
  /** Whether nobody else wrote to it between the last two times. */
  readonly alone: boolean;
}

/** How many sessions are remembered: those that were last written to. */
const LIMIT = 10_000;

/**
 * What decided about the last posts to sessions without a team, so that the next ones need not ask. It holds
 * as long as nobody else writes to the session (migration 0023 says why), and whoever goes by it has
 * PostgreSQL make sure of that. Where others write too, it would seldom hold, and is not gone by.
 */
export class KnownSessions {
  readonly #sessions = new Map<string, Known>();

  /**
   * @returns what decides about the posts, if it is known of all of them. Its sessions are for one transaction:
   *   row_head_seq expects an entry for each post, and head_seq moves on with what is written
   */
  recall(posts: readonly Post[]): Facts | null {
    const sessions = new Map<string, LockedSession>();
    for (const { session_id, identity } of posts) {
      const known = this.#sessions.get(session_id);
      if (!known?.alone || !known.accesses.has(identity)) return null;
      const session = sessions.get(session_id) ?? { ...known.session };
      session.row_head_seq += 1;
      sessions.set(session_id, session);
    }
    return {
      sessions,
      accessOf: ({ session_id, identity }) =>
        this.#sessions.get(session_id)?.accesses.get(identity) ?? null,
    };
  }

  /**
   * Remembers what decided about posts.
   * @param facts once what follows from them is committed
   */
  learn(posts: readonly Post[], { sessions, accessOf }: Facts): void {
    for (const { found_head_seq, ...session } of sessions.values()) {
      const before = this.#sessions.get(session.id);
      const alone = before?.session.head_seq === found_head_seq;
      // Moved to the end, so that the first is the one that was written to longest ago.
      this.#sessions.delete(session.id);
      if (session.team_id !== null) continue;
      const { head_seq } = session;
      this.#sessions.set(session.id, {
        session: { ...session, found_head_seq: head_seq, row_head_seq: head_seq },
        accesses: alone ? before!.accesses : new WeakMap(),
        alone,
      });
    }
    for (const post of posts) {
      const accesses = this.#sessions.get(post.session_id)?.accesses;
      if (!accesses || accesses.has(post.identity)) continue;
      const access = accessOf(post);
      if (access) accesses.set(post.identity, access);
    }
    for (const session_id of this.#sessions.keys()) {
      if (this.#sessions.size <= LIMIT) break;
      this.#sessions.delete(session_id);
    }
  }

  /** Forgets what it knew of the sessions of these posts. */
  forget(posts: readonly Pick<Post, "session_id">[]): void {
    for (const { session_id } of posts) this.#sessions.delete(session_id);
  }
}
