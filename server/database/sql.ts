import type { Client } from "pg";
import { QueryTypes, type Transaction } from "sequelize";
import { Session } from "../../models/index.ts";
import { Batch } from "./batch.ts";
import type { TakeRow } from "./incoming_rows.ts";

/** Runs one statement with `$1` … bound to values, and resolves with its rows. */
export type Sql = <Row extends object>(text: string, values: readonly unknown[]) => Promise<Row[]>;

/** What the work of a transaction leaves: its result, and statements sent but not answered yet. */
export interface Work<Result> {
  readonly result: Result;
  readonly sent: Promise<unknown>;
}

/**
 * Runs work in a transaction of its own, whose statements are executed in the order in which they
 * are sent; none has to wait for the answer to another.
 */
export type Transact = <Result>(work: (sql: Sql) => Promise<Work<Result>>) => Promise<Result>;

/**
 * Statements in a transaction of Sequelize's, one after the other however they are sent; or outside any, where
 * each is planned only once. In a transaction those after one that fails are not executed, and fail with it.
 */
export function sqlIn(transaction: Transaction | null): Sql {
  if (transaction === null) return prepared;
  return <Row extends object>(text: string, values: readonly unknown[]) =>
    inTurn(transaction, () =>
      Session.sequelize!.query<Row>(text, {
        bind: [...values],
        type: QueryTypes.SELECT,
        transaction,
      }),
    );
}

/** The last statement of each transaction. */
const lastOf = new WeakMap<Transaction, Promise<unknown>>();

/** Since pg is to be given a statement only when it has answered the one before. */
function inTurn<Rows>(transaction: Transaction, run: () => Promise<Rows>): Promise<Rows> {
  const before = lastOf.get(transaction) ?? Promise.resolve();
  const turn = before.then(run);
  // Whoever awaits it is told; nobody does once something else has failed.
  turn.catch(() => {});
  lastOf.set(transaction, turn);
  return turn;
}

/** Past Sequelize's own query, which would have a statement planned anew each time. */
function prepared<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
  return inBatch((batch) => batch.add(text, values) as Promise<Row[]>);
}

/** A statement, and what takes its rows as they come. */
export interface Reading {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Given each row in PostgreSQL's binary format. */
  readonly onRow: TakeRow;
}

/**
 * Runs statements that only read, one after the other, in a single round trip. Each sees what was committed
 * when it began. Resolves when every row was taken; rejects with pg's error if a statement fails.
 */
export async function read(readings: readonly Reading[]): Promise<void> {
  await inBatch((batch) =>
    Promise.all(readings.map(({ text, values, onRow }) => batch.addRaw(text, values, onRow))),
  );
}

/** Runs what is added to a batch on a connection of the pool. */
async function inBatch<Result>(add: (batch: Batch) => Promise<Result>): Promise<Result> {
  const { connectionManager } = Session.sequelize!;
  const client = (await connectionManager.getConnection({ type: "read" })) as Client;
  try {
    const batch = new Batch(client);
    const added = add(batch);
    client.query(batch);
    return await added;
  } finally {
    connectionManager.releaseConnection(client);
  }
}
