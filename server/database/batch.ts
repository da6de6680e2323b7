import pg from "pg";

/** A statement that is prepared by its first run, for as long as the connection lasts. */
export interface Prepared {
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
  readonly rows: object[];
  resolve(rows: object[]): void;
  reject(error: unknown): void;
}

/**
 * Statements that travel together: one message to PostgreSQL and one back, where pg itself would ask
 * for an answer to each. It is a custom query of pg, as pg-cursor is; `pg.Client.query` runs it. Each
 * statement sees what those before it did, and those after one that fails are not executed.
 */
export class Batch implements pg.Submittable {
  readonly #executions: Execution[] = [];
  #completed = 0;

  /**
   * Adds a statement; only before the batch is handed to the client.
   * @param values of `$1` …: null, or anything whose text PostgreSQL reads, or an array of such, or one of
   *   binary.ts
   * @returns its rows, once all statements have succeeded; rejects as soon as one of them fails
   */
  add(prepared: Prepared, values: readonly unknown[]): Promise<object[]> {
    return new Promise((resolve, reject) => {
      this.#executions.push({ prepared, values, rows: [], resolve, reject });
    });
  }

  submit(connection: pg.Connection): void {
    connection.stream.cork();
    for (const { prepared, values } of this.#executions) {
      const { name, text, columns } = prepared;
      if (!columns) {
        // It may have been prepared by a batch that failed before it could tell.
        connection.close({ type: "S", name }, true);
        connection.parse({ name, text, types: [] }, true);
      }
      connection.bind({ statement: name, values: values.map(textOf) }, true);
      if (!columns) connection.describe({ type: "P" }, true);
      connection.execute(null, true);
    }
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription({ fields }: { fields: readonly pg.FieldDef[] }): void {
    this.#executions[this.#completed]!.prepared.columns = fields.map(({ name, dataTypeID }) => ({
      name,
      parse: pg.types.getTypeParser(dataTypeID, "text"),
    }));
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const { prepared, rows } = this.#executions[this.#completed]!;
    const row: Record<string, unknown> = {};
    prepared.columns!.forEach(({ name, parse }, index) => {
      const text = fields[index]!;
      row[name] = text === null ? null : parse(text);
    });
    rows.push(row);
  }

  handleCommandComplete(): void {
    this.#executions[this.#completed]!.prepared.columns ??= [];
    this.#completed += 1;
  }

  handleReadyForQuery(): void {
    for (const { resolve, rows } of this.#executions) resolve(rows);
  }

  handleError(error: unknown): void {
    for (const { reject } of this.#executions) reject(error);
  }
}

function textOf(value: unknown): string | Buffer | null {
  if (value === null || Buffer.isBuffer(value)) return value;
  return Array.isArray(value) ? `{${value.map(quoted).join(",")}}` : String(value);
}

const quoted = (value: unknown) =>
  value === null ? "NULL" : `"${String(value).replace(/["\\]/g, "\\$&")}"`;
