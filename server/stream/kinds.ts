import { DataTypes, type Model, type ModelStatic } from "sequelize";
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
      const columns = Object.keys(models[kind].getAttributes()).map((column) =>
        column === "created_at"
          ? // The same text as JavaScript's toISOString, which the entry had when it was first sent.
            `to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at`
          : column,
      );
      return `SELECT id, seq, (SELECT row_to_json(entry) FROM (SELECT '${kind}' AS kind, ${columns.join(", ")}) AS entry)::text AS text
                FROM ${models[kind].tableName} WHERE ${condition}`;
    })
    .join("\nUNION ALL\n");
}

/**
 * SQL that estimates what stored entries weigh on the wire, without reading what is large.
 * @param condition as for selectEntries
 * @returns a query with the columns `seq` and `weight`, in bytes
 */
export function selectWeights(condition: string): string {
  return kinds
    .map((kind) => {
      const weights = Object.entries(models[kind].getAttributes()).flatMap(([column, { type }]) => {
        if (type instanceof DataTypes.TEXT) return [`octet_length(${column})`];
        if (type instanceof DataTypes.JSONB) return [`coalesce(${weightOfJson(column)}, 0)`];
        return [];
      });
      return `SELECT seq, ${COLUMNS_BYTES} + ${weights.join(" + ")} AS weight
                FROM ${models[kind].tableName} WHERE ${condition}`;
    })
    .join("\nUNION ALL\n");
}

/** Ids, times, and the names of the columns. */
const COLUMNS_BYTES = 300;

/** What PostgreSQL compressed is a few times as large on the wire as it is stored. */
function weightOfJson(column: string): string {
  return `pg_column_size(${column}) * CASE WHEN pg_column_compression(${column}) IS NULL THEN 1 ELSE 4 END`;
}
