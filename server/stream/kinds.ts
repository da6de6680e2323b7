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

/** The table that stores a kind of entry. */
export function tableOf(kind: EntryKind): string {
  return models[kind].tableName;
}

/**
 * SQL that selects stored entries of every kind in their wire form.
 * @param condition SQL over the columns that all four tables have
 * @returns a query with the columns `seq` and `entry`, an object as in contract/entry.ts
 */
export function selectEntries(condition: string): string {
  return kinds
    .map((kind) => {
      const fields = Object.keys(models[kind].getAttributes()).map((column) =>
        column === "created_at"
          ? // The same text as JavaScript's toISOString, which the entry had when it was first sent.
            `'created_at', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
          : `'${column}', ${column}`,
      );
      return `SELECT seq, json_build_object('kind', '${kind}', ${fields.join(", ")}) AS entry
                FROM ${tableOf(kind)} WHERE ${condition}`;
    })
    .join("\nUNION ALL\n");
}
