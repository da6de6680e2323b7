import pg from "pg";
import type { Logger } from "pino";
import type { Transaction } from "sequelize";
import { AccessToken } from "../models/index.ts";
import type { Actor, Revocation } from "./actions/action.ts";
import type { Stream } from "./stream/stream.ts";

const CHANNEL = "taskmaster_revocations";
/** PostgreSQL refuses a notification of 8,000 bytes; beyond this many sessions, all are looked at. */
const MAX_NAMED = 100;
const RECONNECT_MS = 250;

type Notice = Revocation | { all: true };

/**
 * Tells every node that authority was taken away, when and only when the transaction commits.
 * PostgreSQL carries it rather than Redis, so that it arrives while Redis is away.
 */
export async function notifyRevoked(
  revocation: Revocation,
  transaction: Transaction,
): Promise<void> {
  const many = "session_ids" in revocation && revocation.session_ids.length > MAX_NAMED;
  const notice: Notice = many ? { all: true } : revocation;
  await AccessToken.sequelize!.query("SELECT pg_notify($1, $2)", {
    bind: [CHANNEL, JSON.stringify(notice)],
    transaction,
  });
}

/** A connection whose other end has vanished, without a word, is found out after some 20 s. */
const liveness = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };
const CONNECT_MS = 5_000;

/** A connection that ends with its actor's authority. */
export interface Connection {
  readonly actor: Actor;
  /** Ends it, telling the client why if the transport can. */
  end(reason: string): void;
}

/** The live connections of this node, ended at once when a token is revoked or expires. */
export class Revocations {
  readonly #connections = new Set<Connection>();
  readonly #stream: Stream;
  readonly #logger: Logger;
  readonly #options: pg.ClientConfig;
  #client: pg.Client | null = null;
  /** Whether it is listening. */
  #there = false;
  #stopped = false;

  /** @param options.connection how to reach the database, for a connection of its own */
  constructor(options: { connection: pg.ClientConfig; stream: Stream; logger: Logger }) {
    this.#options = { ...options.connection, ...liveness, connectionTimeoutMillis: CONNECT_MS };
    this.#stream = options.stream;
    this.#logger = options.logger;
  }

  /**
   * Watches over a connection until the returned function is called.
   * @returns what to call when the connection has ended
   */
  watch(connection: Connection): () => void {
    this.#connections.add(connection);
    // It may have been revoked after it was checked, and the notice have come before this call.
    this.#endRevoked([connection.actor.token_id]).catch((error) => this.#lookAgain(error));
    const stopTimer = whenExpired(connection.actor, () => connection.end("The token has expired"));
    return () => {
      stopTimer();
      this.#connections.delete(connection);
    };
  }

  /** Begins to listen; resolves when it does. Afterwards it connects again by itself. */
  async start(): Promise<void> {
    const client = new pg.Client(this.#options);
    client.on("error", () => {});
    client.on("end", () => this.#reconnect());
    client.on("notification", ({ payload }) => void this.#onNotice(payload));
    this.#client = client;
    await client.connect();
    await client.query(`LISTEN ${CHANNEL}`);
    this.#there = true;
  }

  /** Ends the listening connection for good. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#client?.end().catch(() => {});
  }

  #reconnect(): void {
    if (this.#stopped) return;
    // Each attempt ends like the connection did; only the first end is news.
    if (this.#there) this.#logger.warn("PostgreSQL is away; commands are refused as unavailable");
    this.#there = false;
    setTimeout(() => {
      if (this.#stopped) return;
      this.start()
        .then(() => {
          this.#logger.info("PostgreSQL is there again");
          // Whatever was revoked meanwhile was told to nobody here.
          return this.#onNotice('{ "all": true }');
        })
        .catch(() => this.#client?.end().catch(() => {}));
    }, RECONNECT_MS);
  }

  async #onNotice(payload = ""): Promise<void> {
    try {
      const notice = JSON.parse(payload) as Notice;
      if ("token_id" in notice) this.#endToken(notice.token_id);
      else if ("session_ids" in notice) await this.#stream.recheck(notice.session_ids);
      else {
        await this.#endRevoked([...this.#connections].map(({ actor }) => actor.token_id));
        await this.#stream.recheck();
      }
    } catch (error) {
      this.#lookAgain(error);
    }
  }

  /** What could not be looked at now is looked at when the listening connection is made anew. */
  #lookAgain(error: unknown): void {
    if (this.#stopped) return;
    this.#logger.warn({ err: error }, "looking at who may still follow failed; trying again");
    this.#client?.end().catch(() => {});
  }

  #endToken(token_id: string): void {
    for (const connection of [...this.#connections]) {
      if (connection.actor.token_id === token_id) connection.end("The token was revoked");
    }
  }

  /** Ends the connections of those tokens that are revoked, or gone with their agent. */
  async #endRevoked(token_ids: (string | null)[]): Promise<void> {
    const ids = new Set(token_ids.filter((id) => id !== null));
    if (ids.size === 0) return;
    const good = await AccessToken.findAll({
      attributes: ["id"],
      where: { id: [...ids], revoked_at: null },
    });
    for (const { id } of good) ids.delete(id);
    for (const id of ids) this.#endToken(id);
  }
}

/** setTimeout cannot wait longer than this, about 24 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

function whenExpired({ expires_at }: Actor, end: () => void): () => void {
  if (expires_at === null) return () => {};
  let timer: NodeJS.Timeout;
  const wait = () => {
    const left = expires_at.getTime() - Date.now();
    timer = setTimeout(left > LONGEST_TIMER ? wait : end, Math.min(left, LONGEST_TIMER));
  };
  wait();
  return () => clearTimeout(timer);
}
