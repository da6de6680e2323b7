import {
  type DataType,
  DataTypes,
  type Model,
  type ModelAttributeColumnOptions,
  type ModelStatic,
} from "sequelize";
import type { EntryKind } from "../../contract/entry.ts";
import { Comment, LogEntry, Message, Prompt } from "../../models/index.ts";

const models: Readonly<Record<EntryKind, ModelStatic<Model>>> = {
  message: Message,
  prompt: Prompt,
  comment: Comment,
  log_entry: LogEntry,
};

export const kinds = Object.keys(models) as EntryKind[];

/** The model whose table stores a kind of entry; it has its columns once a database was named. */
export function modelOf(kind: EntryKind): ModelStatic<Model> {
  return models[kind];
}

/**
 * SQL that selects stored entries of every kind in their wire form.
 * @param condition SQL over the columns that all four tables have
 * @returns a query with the columns `id`, `seq` and `text`, an entry of contract/entry.ts as JSON
 */
export function selectEntries(condition: string): string {
  return kinds
    .map((kind) => {
      const columns = Object.entries(models[kind].getAttributes());
      const fields = columns.map(([name, column]) => `',"${name}":' || ${jsonOf(name, column)}`);
      return `SELECT id, seq, '{"kind":"${kind}"' || ${fields.join(" || ")} || '}' AS text
                FROM ${models[kind].tableName} WHERE ${condition}`;
    })
    .join("\nUNION ALL\n");
}

/** SQL that makes a column's value JSON. Joining texts costs half of what row_to_json does. */
function jsonOf(name: string, { type, allowNull }: ModelAttributeColumnOptions): string {
  const json = textOf(name, type);
  return allowNull === false ? json : `coalesce(${json}, 'null')`;
}

function textOf(name: string, type: DataType): string {
  if (type instanceof DataTypes.TEXT) return `to_json(${name})::text`;
  if (type instanceof DataTypes.BIGINT || type instanceof DataTypes.JSONB) return `${name}::text`;
  // The same text as JavaScript's toISOString, which the entry had when it was first sent. One
  // microsecond more, so that PostgreSQL writes all digits; to_char would take twice as long.
  if (type instanceof DataTypes.DATE) {
    const time = `date_trunc('milliseconds', ${name} AT TIME ZONE 'UTC') + interval '1 microsecond'`;
    return `left(to_json(${time})::text, 24) || 'Z"'`;
  }
  // Ids, and the names of enumerations, which hold nothing that JSON would escape.
  return `'"' || ${name}::text || '"'`;
}
