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
