import { QueryTypes, type Sequelize } from "sequelize";
import { sqlIn } from "./database/sql.ts";
import type { Stream } from "./stream/stream.ts";
import { record, type Written } from "./stream/write.ts";

/** How long after a deadline it may be noticed, in milliseconds. */
const LOOK_MS = 250;
/** Sessions looked after at once, so that many deadlines in one moment leave room for commands. */
const AT_ONCE = 4;

/**
 * Sessions in which something is overdue; each part reads an index of what is open only. In no order, so
 * that those which cannot be helped, and stay overdue, leave room for the others.
 */
const DUE = `
  SELECT session_id FROM (
    SELECT session_id FROM turns WHERE status = 'open' AND deadline_at <= now()
    UNION
    SELECT session_id FROM decisions WHERE status = 'open' AND deadline_at <= now()
    UNION
    SELECT session_id FROM runs WHERE status = 'active' AND deadline_at <= now()) AS due
  ORDER BY random() LIMIT 100`;

/**
 * Ends what nobody ends in time: turns, decisions and runs whose deadline has passed. Every node looks,
 * so it does not matter which of them are there.
 */
export class Deadlines {
  readonly #sequelize: Sequelize;
  readonly #stream: Stream;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  /** @param onError told when a look failed, or a session could not be helped; the next look comes soon */
  constructor(sequelize: Sequelize, stream: Stream, onError: (error: unknown) => void) {
    this.#sequelize = sequelize;
    this.#stream = stream;
    this.#onError = onError;
    this.#schedule();
  }

  /** Stops looking; resolves when what was under way is done. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#looking;
  }

  #schedule(): void {
    this.#timer = setTimeout(async () => {
      this.#looking = this.#look().catch(this.#onError);
      await this.#looking;
      if (this.#timer) this.#schedule();
    }, LOOK_MS);
  }

  async #look(): Promise<void> {
    const due = await this.#sequelize.query<{ session_id: string }>(DUE, {
      type: QueryTypes.SELECT,
    });
    const left = due.values();
    const lane = async () => {
      for (const { session_id } of left) await this.#tick(session_id).catch(this.#onError);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  }

  async #tick(session_id: string): Promise<void> {
    const written = await this.#sequelize.transaction(async (transaction): Promise<Written[]> => {
      const sql = sqlIn(transaction);
      // Another node that is at it already does it for all. Its row is not skipped while it is merely
      // locked: a session in which somebody always posts would never come to its deadlines.
      const [mine] = await sql<{ got: boolean }>(
        "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS got",
        [`deadlines of ${session_id}`],
      );
      if (!mine?.got) return [];
      return record(
        session_id,
        (rooms, now) => rooms.happen(session_id, { kind: "tick" }, now).drafts,
        sql,
      );
    });
    this.#stream.publish(written);
  }
}
