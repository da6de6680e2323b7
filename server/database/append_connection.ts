import { Socket } from "node:net";
import pg from "pg";
import { sessionSettings } from "./connection.ts";
import type { Sql, Transact } from "./sql.ts";

/**
 * The node's connection for transactions whose statements do not wait for one another: they are
 * sent as they come, BEGIN with the first and COMMIT with the last, so that a transaction costs two
 * round trips however many statements it has. PostgreSQL parses each statement once.
 */
export class AppendConnection {
  readonly #url: string;
  /** The names under which statements are prepared, by their text. */
  readonly #names = new Map<string, string>();
  #client: Promise<pg.Client> | null = null;
  #stream = new Socket();

  /** @param url as for connect(); connects when first used, and again after it broke */
  constructor(url: string) {
    this.#url = url;
  }

  /** Runs a transaction; the next one may begin when this has settled. See Transact. */
  readonly transact: Transact = async (work) => {
    this.#client ??= this.#connect();
    const client = await this.#client;
    const sql: Sql = async (text, values) => {
      this.#gather();
      const { rows } = await client.query({ name: this.#nameOf(text), text, values: [...values] });
      return rows;
    };
    try {
      this.#gather();
      const begun = client.query("BEGIN");
      const [{ result, sent }] = await Promise.all([work(sql), begun]);
      await Promise.all([sent, client.query("COMMIT")]);
      return result;
    } catch (error) {
      client.query("ROLLBACK").catch(() => {});
      throw error;
    }
  };

  /** Lets what is sent in this turn of the event loop leave in one write: PostgreSQL wakes up once. */
  #gather(): void {
    const stream = this.#stream;
    if (stream.writableCorked > 0) return;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    const client = await this.#client?.catch(() => null);
    await client?.end();
  }

  async #connect(): Promise<pg.Client> {
    this.#stream = new Socket();
    const client = new pg.Client({
      connectionString: this.#url,
      pipeline: true,
      stream: () => this.#stream,
      // All its statements go by index whatever their values, and planning costs as much as running.
      options: "-c plan_cache_mode=force_generic_plan",
      ...sessionSettings,
    });
    const forget = () => {
      this.#client = null;
    };
    // Whoever waits for an answer is told by its promise.
    client.on("error", forget);
    client.on("end", forget);
    try {
      return await client.connect();
    } catch (error) {
      forget();
      throw error;
    }
  }

  #nameOf(text: string): string {
    const name = this.#names.get(text) ?? `append_${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }
}
