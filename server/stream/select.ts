import { DataTypes, type ModelAttributeColumnOptions } from "sequelize";
import type { EntryKind } from "../../contract/entry.ts";
import type { Fields } from "../database/sql.ts";
import { kinds, modelOf } from "./kinds.ts";

/** A stored entry in its wire form: contract/entry.ts as JSON. */
export interface StoredEntry {
  readonly id: string;
  readonly seq: number;
  readonly text: string;
}

/** How stored entries of one kind are selected. */
export interface Selection {
  /** Gives a session's entries in the order of their numbers. */
  readonly statement: string;
  /**
   * Puts an entry together, which costs half of what PostgreSQL would need to make JSON of it.
   * @param fields of one of the statement's rows, in their order, as PostgreSQL writes them
   */
  entryOf(fields: Fields): StoredEntry;
}

/** How the value of a column becomes JSON. */
interface Column {
  readonly name: string;
  /** @param text as PostgreSQL writes the value */
  jsonOf(text: string): string;
}

/** By their condition and cast. */
const selections = new Map<string, readonly Selection[]>();

/**
 * Makes the way back of insert.ts, one selection for each kind.
 * @param condition SQL over the columns that all four tables have
 * @param cast "::text" for who is otherwise given values parsed by their types; where rows come as
 *   PostgreSQL writes them, it would cost nearly as much as the reading itself
 */
export function selectionsOf(condition: string, cast: "" | "::text" = ""): readonly Selection[] {
  const key = condition + cast;
  const known = selections.get(key);
  if (known) return known;
  const made = kinds.map((kind) => selectionOf(kind, condition, cast));
  selections.set(key, made);
  return made;
}

/** Models have their columns only once a database was named, so this is not done before it is wanted. */
function selectionOf(kind: EntryKind, condition: string, cast: string): Selection {
  const columns = Object.entries(modelOf(kind).getAttributes()).map(([name, column]) =>
    columnOf(name, column),
  );
  const befores = columns.map(({ name }) => `,"${name}":`);
  const [id, seq] = ["id", "seq"].map((wanted) => columns.findIndex(({ name }) => name === wanted));
  return {
    statement: `SELECT ${columns.map(({ name }) => name + cast).join(", ")}
      FROM ${modelOf(kind).tableName} WHERE ${condition} ORDER BY seq`,
    entryOf(fields) {
      let text = `{"kind":"${kind}"`;
      for (let index = 0; index < columns.length; index += 1) {
        const field = fields[index]!;
        text += befores[index]! + (field === null ? "null" : columns[index]!.jsonOf(field));
      }
      return { id: fields[id!]!, seq: Number(fields[seq!]), text: `${text}}` };
    },
  };
}

function columnOf(name: string, { type }: ModelAttributeColumnOptions): Column {
  if (type instanceof DataTypes.TEXT) return { name, jsonOf: JSON.stringify };
  if (type instanceof DataTypes.BIGINT || type instanceof DataTypes.JSONB) {
    return { name, jsonOf: (text) => text };
  }
  if (type instanceof DataTypes.DATE) return { name, jsonOf: isoTime };
  // Ids, and the names of enumerations, which hold nothing that JSON would escape.
  return { name, jsonOf: (text) => `"${text}"` };
}

/** The same text as JavaScript's toISOString, which the entry had when it was first sent. */
function isoTime(text: string): string {
  // PostgreSQL writes as many digits after the point as are not zero, no point without any, and the zone.
  const digits = text[19] === "." ? text.slice(20, text.indexOf("+", 20)) : "";
  return `"${text.slice(0, 10)}T${text.slice(11, 19)}.${digits.slice(0, 3).padEnd(3, "0")}Z"`;
}
