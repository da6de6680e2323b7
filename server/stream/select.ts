import { DataTypes, type ModelAttributeColumnOptions } from "sequelize";
import type { EntryKind } from "../../contract/entry.ts";
import {
  bigintAt,
  type WriteJson,
  writeBigint,
  writeBytes,
  writeJsonb,
  writeName,
  writeText,
  writeTime,
  writeUuid,
} from "../database/binary_json.ts";
import { SEPARATOR } from "./chunk.ts";
import { kinds, modelOf } from "./kinds.ts";

/** How a part of a session's entries of one kind is read: the way back of insert.ts. */
export interface Selection {
  /** Gives session $1's entries whose numbers are above $2 and at most $3, in their order. */
  readonly statement: string;
  /** The number of the entry that a row is, in PostgreSQL's binary format; see TakeRow. */
  seqOf(bytes: Buffer, row: number): number;
  /**
   * Writes an entry in its wire form, contract/entry.ts as JSON, with SEPARATOR after it. What has no room is
   * lost, and counted all the same.
   * @param bytes with `row`, as for seqOf
   * @param into where it goes, from `at` on
   * @returns where it ends
   */
  write(bytes: Buffer, row: number, into: Buffer, at: number): number;
}

/** A kind's columns beside those that are the same for all: the kind itself and session_id. */
interface Table {
  readonly statement: string;
  /** What comes before each column's value, and how that is written. */
  readonly names: readonly Buffer[];
  readonly writers: readonly WriteJson[];
}

/** By kind. Models have their columns only once a database was named, so none is made before it is wanted. */
const tables = new Map<EntryKind, Table>();

/**
 * @param session_id in lower case, as the contract makes it and PostgreSQL writes it
 * @returns a selection for each kind of entry of the session
 */
export function selectionsOf(session_id: string): Selection[] {
  return kinds.map((kind) => {
    const table = tables.get(kind) ?? tableOf(kind);
    tables.set(kind, table);
    return selectionOf(`{"kind":"${kind}","session_id":"${session_id}"`, table);
  });
}

/** As a row begins: how many values, how long the first is, and that is `seq`. */
const SEQ_PLACE = 6;
const NULL = Buffer.from("null");
const END = Buffer.from(`}${SEPARATOR}`);

function selectionOf(start: string, { statement, names, writers }: Table): Selection {
  const head = Buffer.from(start);
  return {
    statement,
    seqOf: (bytes, row) => bigintAt(bytes, row + SEQ_PLACE),
    write(bytes, row, into, at) {
      at = writeBytes(head, 0, head.length, into, at);
      let place = row + 2;
      for (let index = 0; index < names.length; index += 1) {
        const name = names[index]!;
        at = writeBytes(name, 0, name.length, into, at);
        const length = bytes.readInt32BE(place);
        place += 4;
        if (length === -1) at = writeBytes(NULL, 0, NULL.length, into, at);
        else {
          at = writers[index]!(bytes, place, place + length, into, at);
          place += length;
        }
      }
      return writeBytes(END, 0, END.length, into, at);
    },
  };
}

function tableOf(kind: EntryKind): Table {
  const { seq, session_id, ...others } = modelOf(kind).getAttributes();
  const columns = Object.entries({ seq: seq!, ...others });
  return {
    statement: `SELECT ${columns.map(([name]) => name).join(", ")} FROM ${modelOf(kind).tableName}
      WHERE session_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq`,
    names: columns.map(([name]) => Buffer.from(`,"${name}":`)),
    writers: columns.map(([, column]) => writerOf(column)),
  };
}

function writerOf({ type }: ModelAttributeColumnOptions): WriteJson {
  if (type instanceof DataTypes.UUID) return writeUuid;
  if (type instanceof DataTypes.BIGINT) return writeBigint;
  if (type instanceof DataTypes.DATE) return writeTime;
  if (type instanceof DataTypes.JSONB) return writeJsonb;
  if (type instanceof DataTypes.ENUM) return writeName;
  return writeText;
}
