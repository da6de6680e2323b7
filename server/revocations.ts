import pg from "pg";
import type { Logger } from "pino";
import type { Transaction } from "sequelize";
import { AccessToken } from "../models/index.ts";
import type { Actor, Revocation } from "./actions/action.ts";
import { gather } from "./gather.ts";
import { withLimit } from "./limit.ts";
import type { Stream } from "./stream/stream.ts";

const CHANNEL = "taskmaster_revocations";
/** PostgreSQL refuses a notification of 8,000 bytes; beyond this many sessions, all are looked at. */
const MAX_NAMED = 100;
const RECONNECT_MS = 250;
/** After how long it is looked again at who may still follow, when that failed. */
const LOOK_AGAIN_MS = 1_000;

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
/** How long PostgreSQL may take to answer whoever asks whether it is there. */
const ANSWER_MS = 2_000;
/** How often the listening connection is tried, and how long it may take: it would hear nothing if it were dead. */
const TRY_MS = 10_000;

/** setTimeout cannot wait longer than this, about 24 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Whether a token is not revoked; undefined when it is, or gone. */
const stands = gather(async (token_ids: string[]) => {
  const where = { id: token_ids, revoked_at: null };
  const standing = await AccessToken.findAll({ attributes: ["id"], where, raw: true });
  return new Map(standing.map(({ id }) => [id, true]));
});

/** A server that was the primary may be a standby now. */
async function takesWrites(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(
    "SELECT current_setting('transaction_read_only') AS read_only",
  );
  return rows[0].read_only === "off";
}

/** A connection that ends with its actor's authority. */
export interface Connection {
  readonly actor: Actor;
  /** Ends it, telling the client why if the transport can. */
  end(reason: string): void;
}

/** The live connections of this node, ended at once when a token is revoked or expires. */
export class Revocations {
  /** With the timers of those that expire. */
  readonly #connections = new Map<Connection, NodeJS.Timeout | null>();
  readonly #stream: Stream;
  readonly #logger: Logger;
  readonly #options: pg.ClientConfig;
  #client: pg.Client | null = null;
  /** Whether it is listening. */
  #there = false;
  #stopped = false;
  #asking: Promise<boolean> | null = null;
  #trying: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;

  /** @param options.connection how to reach the database, for a connection of its own */
  constructor(options: { connection: pg.ClientConfig; stream: Stream; logger: Logger }) {
    this.#options = { ...options.connection, ...liveness, connectionTimeoutMillis: CONNECT_MS };
    this.#stream = options.stream;
    this.#logger = options.logger;
  }

  /** Watches over a connection until `unwatch` is called. */
  watch(connection: Connection): void {
    this.#connections.set(connection, null);
    this.#awaitExpiry(connection);
    // It may have been revoked after it was checked, and the notice have come before this call.
    this.#endIfRevoked(connection.actor.token_id).catch((error) => this.#lookAgain(error));
  }

  /** Forgets a connection that has ended. */
  unwatch(connection: Connection): void {
    clearTimeout(this.#connections.get(connection) ?? undefined);
    this.#connections.delete(connection);
  }

  /** Begins to listen; resolves when it does. Afterwards it connects again by itself. */
  async start(): Promise<void> {
    const client = new pg.Client(this.#options);
    client.on("error", () => {});
    client.on("end", () => this.#reconnect());
    client.on("notification", ({ payload }) => void this.#onNotice(payload));
    this.#client = client;
    await client.connect();
    const listens = await withLimit(client.query(`LISTEN ${CHANNEL}`), CONNECT_MS);
    if (!listens) throw new Error("PostgreSQL does not answer");
    this.#there = true;
    clearInterval(this.#trying);
    this.#trying = setInterval(() => void this.#tryOut(client), TRY_MS);
  }

  /** Ends the listening connection for good. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#trying);
    clearTimeout(this.#looking);
    await this.#client?.end().catch(() => {});
  }

  /**
   * Whether PostgreSQL answers, and takes writes. It is asked on a connection for which no command waits.
   */
  async answers(): Promise<boolean> {
    if (!this.#there) return false;
    const asking = this.#ask();
    return (await withLimit(asking, ANSWER_MS).catch(() => false)) && asking;
  }

  /** Once at a time, however many want to know. */
  #ask(): Promise<boolean> {
    this.#asking ??= takesWrites(this.#client!).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** Ends a connection that does not answer, though nobody closed it; it is made anew then. */
  async #tryOut(client: pg.Client): Promise<void> {
    const answered = await withLimit(this.#ask(), TRY_MS).catch(() => true);
    if (!answered) await client.end().catch(() => {});
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
          return this.apply({ all: true });
        })
        .catch(() => this.#client?.end().catch(() => {}));
    }, RECONNECT_MS);
  }

  /** Ends, on this node, what a notice says has lost its authority; tries again if it cannot look. */
  async apply(notice: Notice): Promise<void> {
    try {
      if ("token_id" in notice) this.#endToken(notice.token_id);
      else if ("session_ids" in notice) await this.#stream.recheck(notice.session_ids);
      else {
        const token_ids = new Set([...this.#connections.keys()].map(({ actor }) => actor.token_id));
        await Promise.all([...token_ids].map((token_id) => this.#endIfRevoked(token_id)));
        await this.#stream.recheck();
      }
    } catch (error) {
      this.#lookAgain(error);
    }
  }

  async #onNotice(payload = ""): Promise<void> {
    try {
      await this.apply(JSON.parse(payload) as Notice);
    } catch (error) {
      this.#lookAgain(error);
    }
  }

  /**
   * What could not be looked at now is looked at soon. The listening connection stays, since it may be all that
   * is left: where PostgreSQL has no room for another, it could not be made anew.
   */
  #lookAgain(error: unknown): void {
    // All is looked at when it listens again.
    if (this.#stopped || !this.#there || this.#looking) return;
    this.#logger.warn({ err: error }, "looking at who may still follow failed; trying again");
    this.#looking = setTimeout(() => {
      this.#looking = undefined;
      if (this.#there) void this.apply({ all: true });
    }, LOOK_AGAIN_MS);
  }

  #endToken(token_id: string): void {
    for (const connection of [...this.#connections.keys()]) {
      if (connection.actor.token_id === token_id) connection.end("The token was revoked");
    }
  }

  /** Ends the connections of a token that is revoked, or gone with its agent. */
  async #endIfRevoked(token_id: string | null): Promise<void> {
    if (token_id !== null && !(await stands(token_id))) this.#endToken(token_id);
  }

  #awaitExpiry(connection: Connection): void {
    const { expires_at } = connection.actor;
    if (expires_at === null) return;
    const left = expires_at.getTime() - Date.now();
    const timer = setTimeout(
      () => {
        if (left > LONGEST_TIMER) this.#awaitExpiry(connection);
        else connection.end("The token has expired");
      },
      Math.min(left, LONGEST_TIMER),
    );
    this.#connections.set(connection, timer);
  }
}
