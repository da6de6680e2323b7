import type { Client } from "pg";
import { QueryTypes, type Transaction } from "sequelize";
import { Session } from "../../models/index.ts";
import { Batch, type Fields } from "./batch.ts";

export type { Fields };

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

/** Statements in a transaction of Sequelize's, or outside any, where each is planned only once. */
export function sqlIn(transaction: Transaction | null): Sql {
  if (transaction === null) return prepared;
  return <Row extends object>(text: string, values: readonly unknown[]) =>
    Session.sequelize!.query<Row>(text, {
      bind: [...values],
      type: QueryTypes.SELECT,
      transaction,
    });
}

/** The names under which statements are prepared, by their text. */
const names = new Map<string, string>();

/** Past Sequelize's own query, which would have a statement planned anew each time. */
function prepared<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
  return withConnection(async (client) => {
    const name = names.get(text) ?? `prepared_${names.size}`;
    names.set(text, name);
    return (await client.query<Row>({ name, text, values: [...values] })).rows;
  });
}

/** A statement, and what takes its rows as they come. */
export interface Reading {
  readonly text: string;
  readonly values: readonly unknown[];
  onRow(fields: Fields): void;
}

/**
 * Runs statements that only read, one after the other, in a single round trip. Each sees what was committed
 * when it began.
 */
export function read(readings: readonly Reading[]): Promise<unknown> {
  return withConnection((client) => {
    const batch = new Batch(client);
    const read = readings.map(({ text, values, onRow }) => batch.addRaw(text, values, onRow));
    client.query(batch);
    return Promise.all(read);
  });
}

async function withConnection<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
  const { connectionManager } = Session.sequelize!;
  const connection = (await connectionManager.getConnection({ type: "read" })) as Client;
  try {
    return await work(connection);
  } finally {
    connectionManager.releaseConnection(connection);
  }
}
