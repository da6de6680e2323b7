import pg from "pg";
import { IncomingRows, type TakeRow } from "./incoming_rows.ts";

/** A statement that is prepared by its first run, for as long as the connection lasts. */
interface Prepared {
  readonly name: string;
  readonly text: string;
  /** What its rows consist of; null as long as it may not be prepared. */
  columns: readonly Column[] | null;
}

interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

interface Execution {
  readonly prepared: Prepared;
  readonly values: readonly unknown[];
  /** Whether PostgreSQL sends the values of its rows as it holds them, not as text. */
  readonly binary: boolean;
  readonly onRow: TakeRow;
  resolve(): void;
  reject(error: unknown): void;
}

/** Past every limit of PostgreSQL's own: it is not there any more, though nobody closed the connection. */
const SILENCE_MS = 60_000;

/** Of each connection, by their text. */
const statements = new WeakMap<pg.Client, Map<string, Prepared>>();

function preparedOn(client: pg.Client, text: string): Prepared {
  let known = statements.get(client);
  if (!known) {
    known = new Map();
    statements.set(client, known);
  }
  let prepared = known.get(text);
  if (!prepared) {
    prepared = { name: `batch_${known.size}`, text, columns: null };
    known.set(text, prepared);
  }
  return prepared;
}

/**
 * Statements that travel together: one message to PostgreSQL and one back, where pg itself would ask
 * for an answer to each. It is a custom query of pg, as pg-cursor is; `pg.Client.query` runs it. Each
 * statement sees what those before it did, and those after one that fails are not executed.
 */
export class Batch implements pg.Submittable {
  readonly #client: pg.Client;
  readonly #executions: Execution[] = [];
  readonly #silenceMs: number;
  #completed = 0;
  #silent: NodeJS.Timeout | undefined;
  #rows: IncomingRows | null = null;
  /** What was thrown over one of its rows, first. */
  #fault: { readonly error: unknown } | null = null;

  /**
   * @param client the one that will be handed the batch
   * @param silenceMs after which, without an answer, the connection is given up, and the batch fails
   */
  constructor(client: pg.Client, silenceMs = SILENCE_MS) {
    this.#client = client;
    this.#silenceMs = silenceMs;
  }

  /**
   * Adds a statement; only before the batch is handed to the client.
   * @param values of `$1` …: null, or anything whose text PostgreSQL reads, or an array of such, or one of
   *   binary.ts
   * @returns its rows, once all statements have succeeded; rejects as soon as one of them fails
   */
  add(text: string, values: readonly unknown[]): Promise<object[]> {
    const prepared = preparedOn(this.#client, text);
    const rows: object[] = [];
    return new Promise((resolve, reject) => {
      this.#executions.push({
        ...{ prepared, values, reject, binary: false },
        onRow: (bytes, at) => rows.push(rowOf(prepared.columns!, bytes, at)),
        resolve: () => resolve(rows),
      });
    });
  }

  /**
   * Adds a statement of whose rows nothing is made.
   * @param values as for add
   * @param onRow given each row as it comes, in PostgreSQL's binary format, also if the statement fails after it
   * @returns when all statements have succeeded
   */
  addRaw(text: string, values: readonly unknown[], onRow: TakeRow): Promise<void> {
    const prepared = preparedOn(this.#client, text);
    return new Promise((resolve, reject) => {
      this.#executions.push({ prepared, values, binary: true, onRow, resolve, reject });
    });
  }

  submit(connection: pg.Connection): void {
    this.#rows = IncomingRows.of(connection);
    this.#rows.taker = this.#takeRow.bind(this);
    connection.stream.cork();
    for (const { prepared, values, binary } of this.#executions) {
      const { name, text, columns } = prepared;
      if (!columns) {
        // It may have been prepared by a batch that failed before it could tell.
        connection.close({ type: "S", name }, true);
        connection.parse({ name, text, types: [] }, true);
      }
      const format = binary ? "binary" : undefined;
      connection.bind({ statement: name, values: values.map(textOf), binary: format }, true);
      if (!columns) connection.describe({ type: "P" }, true);
      connection.execute(null, true);
    }
    connection.sync();
    connection.stream.uncork();
    this.#silent = setTimeout(() => connection.stream.destroy(), this.#silenceMs);
  }

  handleRowDescription({ fields }: { fields: readonly pg.FieldDef[] }): void {
    this.#executions[this.#completed]!.prepared.columns = fields.map(({ name, dataTypeID }) => ({
      name,
      parse: pg.types.getTypeParser(dataTypeID, "text"),
    }));
  }

  handleCommandComplete(): void {
    this.#executions[this.#completed]!.prepared.columns ??= [];
    this.#completed += 1;
  }

  handleReadyForQuery(): void {
    this.#end();
    for (const { resolve, reject } of this.#executions) {
      if (this.#fault === null) resolve();
      else reject(this.#fault.error);
    }
  }

  handleError(error: unknown): void {
    this.#end();
    for (const { reject } of this.#executions) reject(error);
  }

  /** What it throws would end the node, and leave the connection in the middle of a message. */
  #takeRow(bytes: Buffer, at: number): void {
    try {
      this.#executions[this.#completed]!.onRow(bytes, at);
    } catch (error) {
      this.#fault ??= { error };
    }
  }

  #end(): void {
    clearTimeout(this.#silent);
    if (this.#rows) this.#rows.taker = null;
  }
}

function rowOf(columns: readonly Column[], bytes: Buffer, row: number): object {
  const made: Record<string, unknown> = {};
  let at = row + 2; // their number
  for (const { name, parse } of columns) {
    const length = bytes.readInt32BE(at);
    at += 4;
    made[name] = length === -1 ? null : parse(bytes.toString("utf8", at, at + length));
    at += Math.max(0, length);
  }
  return made;
}

function textOf(value: unknown): string | Buffer | null {
  if (value === null || Buffer.isBuffer(value)) return value;
  return Array.isArray(value) ? `{${value.map(quoted).join(",")}}` : String(value);
}

const quoted = (value: unknown) =>
  value === null ? "NULL" : `"${String(value).replace(/["\\]/g, "\\$&")}"`;
