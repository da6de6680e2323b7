import { randomUUID } from "node:crypto";
import { DataTypes } from "sequelize";
import type { Entry, EntryKind } from "../../contract/entry.ts";
import type { Sql } from "../database/sql.ts";
import { kinds, modelOf } from "./kinds.ts";

/** How the entries of one kind are inserted. */
interface Insertion {
  /** INSERT of one row. */
  readonly ofOne: string;
  /** INSERT of `$1`, the separator, and each column's values as one text. */
  readonly ofMany: string;
  /** In the order of the parameters, each with the text that stands for a value of the column. */
  readonly columns: readonly {
    readonly name: string;
    readonly textOf: (value: unknown) => string;
  }[];
}

const insertions = new Map<EntryKind, Insertion>();

/** Up to so many rows cost less one by one than the splitting of texts costs however few they are. */
const FEW = 3;

/**
 * Sends the statements that store new entries. Where there are many of a kind, they are one statement,
 * and each column travels as one text, which PostgreSQL splits for less than it needs to read the rows
 * as JSON.
 * @param entries complete, in any order
 * @returns the statements as they were sent. They are for the caller to await side by side with the
 *   transaction's other ones: the first to fail says why, the later ones only that it did
 */
export function insert(entries: readonly Entry[], sql: Sql): Promise<unknown>[] {
  return kinds.flatMap((kind) => {
    const rows = entries.filter((entry) => entry.kind === kind) as Record<string, unknown>[];
    if (rows.length === 0) return [];
    const { ofOne, ofMany, columns } = insertionOf(kind);
    if (rows.length <= FEW) {
      const valuesOf = (row: Record<string, unknown>) =>
        columns.map(({ name, textOf }) => (row[name] === null ? null : textOf(row[name])));
      return rows.map((row) => sql(ofOne, valuesOf(row)));
    }
    const texts = columns.map(({ name, textOf }) => rows.map((row) => textOf(row[name])));
    const separator = separatorOf(texts);
    // Before each value rather than between them: the text of one empty value is not empty then.
    const joined = texts.map((values) => separator + values.join(separator));
    return [sql(ofMany, [separator, ...joined])];
  });
}

/** Built when first asked for, since models have their columns only once a database was named. */
function insertionOf(kind: EntryKind): Insertion {
  const known = insertions.get(kind);
  if (known) return known;
  const model = modelOf(kind);
  const columns = Object.entries(model.getAttributes());
  const arrays = columns.map(([name, { type, allowNull }], index) => {
    const sqlType =
      type instanceof DataTypes.ENUM
        ? `enum_${model.tableName}_${name}`
        : (type as DataTypes.AbstractDataType).toSql();
    // Nullable columns hold ids and JSON, which are never the empty text.
    const whereNull = allowNull === false ? "" : ", ''";
    return `(string_to_array($${index + 2}, $1${whereNull}))[2:]::${sqlType}[]`;
  });
  const target = `INSERT INTO ${model.tableName} (${columns.map(([name]) => name).join(", ")})`;
  const insertion = {
    ofOne: `${target} VALUES (${columns.map((_, index) => `$${index + 1}`).join(", ")})`,
    ofMany: `${target} SELECT * FROM unnest(${arrays.join(", ")})`,
    columns: columns.map(([name, { type }]) => ({
      name,
      textOf: type instanceof DataTypes.JSONB ? jsonOf : plainOf,
    })),
  };
  insertions.set(kind, insertion);
  return insertion;
}

const plainOf = (value: unknown) => (value === null ? "" : String(value));

const jsonOf = (value: unknown) => (value === null ? "" : JSON.stringify(value));

/**
 * A text that occurs in none of the values, nor across the end of one: the random one cannot be
 * foreseen, and none of its beginnings is also an end of it.
 */
function separatorOf(texts: readonly (readonly string[])[]): string {
  const mark = "\x01";
  const taken = texts.some((values) => values.some((value) => value.includes(mark)));
  return taken ? mark + randomUUID() : mark;
}
