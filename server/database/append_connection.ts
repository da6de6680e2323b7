import pg from "pg";
import { Batch } from "./batch.ts";
import { connectionOptions, prepare } from "./connection.ts";
import type { Sql, Transact } from "./sql.ts";

/**
 * One of the node's connections for transactions whose statements do not wait for one another: what is sent in
 * one turn of the event loop travels together, BEGIN with the first and COMMIT with the last, so that a
 * transaction costs two round trips however many statements it has. PostgreSQL parses each statement
 * once.
 */
export class AppendConnection {
  readonly #url: string;
  #client: Promise<pg.Client> | null = null;
  /** What is sent in this turn. */
  #batch: Batch | null = null;

  /** @param url as for connect(); connects when first used, and again after it broke */
  constructor(url: string) {
    this.#url = url;
  }

  /** Runs a transaction; the next one may begin when this has settled. See Transact. */
  readonly transact: Transact = async (work) => {
    const client = await (this.#client ?? this.#connect());
    const sql = ((text, values) => this.#batchFor(client).add(text, values)) as Sql;
    try {
      const begun = sql("BEGIN", []);
      begun.catch(() => {});
      const { result, sent } = await work(sql);
      await Promise.all([begun, sent, sql("COMMIT", [])]);
      return result;
    } catch (error) {
      await sql("ROLLBACK", []).catch(() => {});
      throw error;
    }
  };

  /** Ends the connection. */
  async close(): Promise<void> {
    const client = await this.#client?.catch(() => null);
    await client?.end();
  }

  #batchFor(client: pg.Client): Batch {
    if (this.#batch) return this.#batch;
    const batch = new Batch(client);
    this.#batch = batch;
    process.nextTick(() => {
      this.#batch = null;
      client.query(batch);
    });
    return batch;
  }

  #connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.#url, ...connectionOptions });
    // A table that was small when a statement was planned may have grown since. And rows that are
    // read by index alone are locked in its order.
    const byIndex = { enable_seqscan: "off", enable_bitmapscan: "off" };
    const connecting = client
      .connect()
      .then(() => prepare(client, byIndex))
      .then(() => client);
    // Told more than once, and perhaps after another has taken its place.
    const forget = () => {
      if (this.#client === connecting) this.#client = null;
    };
    // Whoever waits for an answer is told by its promise.
    client.on("error", forget);
    client.on("end", forget);
    connecting.catch(forget);
    this.#client = connecting;
    return connecting;
  }
}
