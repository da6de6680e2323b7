import { DataTypes, type ModelAttributeColumnOptions } from "sequelize";
import type { Entry, EntryKind } from "../../contract/entry.ts";
import { bigints, jsonbs, texts, timestamps, uuids } from "../database/binary.ts";
import type { Sql } from "../database/sql.ts";
import { kinds, modelOf } from "./kinds.ts";

/** How the entries of one kind are inserted. */
interface Insertion {
  /** INSERT of each column's values as one array. */
  readonly statement: string;
  /** In the order of the parameters. */
  readonly columns: readonly Column[];
}

interface Column {
  readonly name: string;
  /** SQL for its parameter, given its place. */
  readonly sql: (parameter: string) => string;
  /** Makes the parameter. */
  readonly encode: (values: never[]) => Buffer;
}

const insertions = new Map<EntryKind, Insertion>();

/**
 * Sends the statements that store new entries, one for each kind: its columns travel as arrays.
 * @param entries complete, in any order
 * @returns the statements as they were sent. They are for the caller to await side by side with the
 *   transaction's other ones: the first to fail says why, the later ones only that it did
 */
export function insert(entries: readonly Entry[], sql: Sql): Promise<unknown>[] {
  return kinds.flatMap((kind) => {
    const rows = entries.filter((entry) => entry.kind === kind) as Record<string, unknown>[];
    if (rows.length === 0) return [];
    const { statement, columns } = insertionOf(kind);
    const values = columns.map(({ name, encode }) =>
      encode(rows.map((row) => row[name]) as never[]),
    );
    return [sql(statement, values)];
  });
}

/** Built when first asked for, since models have their columns only once a database was named. */
function insertionOf(kind: EntryKind): Insertion {
  const known = insertions.get(kind);
  if (known) return known;
  const { tableName } = modelOf(kind);
  const columns = Object.entries(modelOf(kind).getAttributes()).map(([name, attribute]) =>
    columnOf(tableName, name, attribute),
  );
  const names = columns.map(({ name }) => name).join(", ");
  const arrays = columns.map(({ sql }, index) => sql(`$${index + 1}`)).join(", ");
  const insertion = {
    statement: `INSERT INTO ${tableName} (${names}) SELECT * FROM unnest(${arrays})`,
    columns,
  };
  insertions.set(kind, insertion);
  return insertion;
}

function columnOf(table: string, name: string, { type }: ModelAttributeColumnOptions): Column {
  const column = (sqlType: string, encode: Column["encode"]): Column => ({
    name,
    sql: (parameter) => `${parameter}::${sqlType}[]`,
    encode,
  });
  if (type instanceof DataTypes.UUID) return column("uuid", uuids);
  if (type instanceof DataTypes.BIGINT) return column("bigint", bigints);
  if (type instanceof DataTypes.DATE) return column("timestamptz", timestamps);
  if (type instanceof DataTypes.JSONB) {
    const jsonOf = (value: unknown) => (value === null ? null : JSON.stringify(value));
    return column("jsonb", (values: unknown[]) => jsonbs(values.map(jsonOf)));
  }
  if (type instanceof DataTypes.ENUM) return column(`text[]::enum_${table}_${name}`, texts);
  return column("text", texts);
}
