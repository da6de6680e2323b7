import type { Model, ModelStatic } from "sequelize";
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
      return `SELECT entry.id, entry.seq, row_to_json(entry)::text AS text
                FROM (SELECT '${kind}' AS kind, ${columns.join(", ")}
                        FROM ${models[kind].tableName} WHERE ${condition}) AS entry`;
    })
    .join("\nUNION ALL\n");
}
