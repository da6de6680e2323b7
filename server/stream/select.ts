import { DataTypes, type ModelAttributeColumnOptions } from "sequelize";
import type { EntryKind } from "../../contract/entry.ts";
import { kinds, modelOf } from "./kinds.ts";

/** A stored entry in its wire form: contract/entry.ts as JSON. */
export interface StoredEntry {
  readonly id: string;
  readonly seq: number;
  readonly text: string;
}

/**
 * Entries of one kind and one session as selectEntries gives them: `c0`, `c1` … are the kind's columns,
 * each the values of all entries.
 */
export type Selected = { readonly kind: EntryKind; readonly session_id: string } & {
  readonly [column: `c${number}`]: string | null;
};

/** How the values of a column are read. */
interface Column {
  readonly name: string;
  /** SQL for the values of all entries as one text. */
  readonly sql: string;
  /** Takes that text apart into the JSON of each value. */
  readonly jsonOf: (text: string) => string[];
}

/** All but the one by which they are grouped. */
const columns = new Map<EntryKind, readonly Column[]>();
/** By their condition. */
const statements = new Map<string, string>();

/**
 * SQL that selects stored entries of every kind, the way back of insert.ts: each column travels as one
 * text, and the entries are put together here, for half of what PostgreSQL needs to make JSON of them.
 * @param condition SQL over the columns that all four tables have
 * @returns a query whose rows are to be given to entriesOf
 */
export function selectEntries(condition: string): string {
  const known = statements.get(condition);
  if (known) return known;
  const width = Math.max(...kinds.map((kind) => columnsOf(kind).length));
  const statement = kinds
    .map((kind) => {
      const fields = Array.from({ length: width }, (_, index) => {
        const column = columnsOf(kind)[index];
        return `${column?.sql ?? "NULL"} AS c${index}`;
      });
      return `SELECT '${kind}' AS kind, session_id, ${fields.join(", ")}
                FROM ${modelOf(kind).tableName} WHERE ${condition} GROUP BY session_id`;
    })
    .join("\nUNION ALL\n");
  statements.set(condition, statement);
  return statement;
}

/**
 * Puts entries together.
 * @param rows all that a query of selectEntries gave
 * @returns them in no particular order
 */
export function entriesOf(rows: readonly Selected[]): StoredEntry[] {
  return rows.flatMap((row) => {
    const values = columnsOf(row.kind).map(({ name, jsonOf }, index) => ({
      name,
      before: `,"${name}":`,
      json: jsonOf(row[`c${index}`]!),
    }));
    const ids = values.find(({ name }) => name === "id")!.json;
    const seqs = values.find(({ name }) => name === "seq")!.json;
    const beginning = `{"kind":"${row.kind}","session_id":"${row.session_id}"`;
    return seqs.map((seq, index) => {
      const parts = [beginning];
      for (const { before, json } of values) parts.push(before, json[index]!);
      parts.push("}");
      return { id: ids[index]!.slice(1, -1), seq: Number(seq), text: parts.join("") };
    });
  });
}

/** Found when first asked for, since models have their columns only once a database was named. */
function columnsOf(kind: EntryKind): readonly Column[] {
  const known = columns.get(kind);
  if (known) return known;
  const found = Object.entries(modelOf(kind).getAttributes())
    .filter(([name]) => name !== "session_id")
    .map(([name, column]) => columnOf(name, column));
  columns.set(kind, found);
  return found;
}

function columnOf(name: string, { type, allowNull }: ModelAttributeColumnOptions): Column {
  if (type instanceof DataTypes.TEXT && allowNull === false) {
    return { name, sql: `json_agg(${name})::text`, jsonOf: stringsOf };
  }
  // In lines: what these types hold has no line breaks, and none is the empty text.
  const inLines = (sql: string, jsonOf: (text: string) => string): Column =>
    allowNull === false
      ? { name, sql: `string_agg(${sql}, E'\\n')`, jsonOf: (text) => text.split("\n").map(jsonOf) }
      : {
          name,
          sql: `string_agg(coalesce(${sql}, ''), E'\\n')`,
          jsonOf: (text) => text.split("\n").map((line) => (line === "" ? "null" : jsonOf(line))),
        };
  if (type instanceof DataTypes.TEXT) return inLines(`to_json(${name})::text`, asItIs);
  if (type instanceof DataTypes.BIGINT || type instanceof DataTypes.JSONB) {
    return inLines(`${name}::text`, asItIs);
  }
  if (type instanceof DataTypes.DATE) {
    return inLines(`(${name} AT TIME ZONE 'UTC')::text`, isoTime);
  }
  // Ids, and the names of enumerations, which hold nothing that JSON would escape.
  return inLines(`${name}::text`, quoted);
}

const BETWEEN = '", "';

/** Takes a JSON array of strings apart. In a string a quotation mark follows on a backslash, so none ends so. */
function stringsOf(array: string): string[] {
  return array.slice('["'.length, -'"]'.length).split(BETWEEN).map(quoted);
}

const asItIs = (text: string) => text;

const quoted = (text: string) => `"${text}"`;

/** The same text as JavaScript's toISOString, which the entry had when it was first sent. */
function isoTime(text: string): string {
  // PostgreSQL writes as many digits after the point as are not zero, and no point without any.
  const digits = text.slice(20, 23).padEnd(3, "0");
  return `"${text.slice(0, 10)}T${text.slice(11, 19)}.${digits}Z"`;
}
