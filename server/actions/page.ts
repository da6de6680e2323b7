import { type Attributes, type Model, type ModelStatic, Op, type WhereOptions } from "sequelize";
import { CommandError } from "../../contract/errors.ts";
import { id as uuid } from "../../contract/field.ts";
import { ANSWER_BYTES } from "../stream/read.ts";
import { type Wire, wire } from "./wire.ts";

/** What every list takes; see contract/field.ts. */
export interface PageInput {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** The column a list is ordered by: ids of version 7 sort by time, entries by their number. */
export type PageKey = "id" | "seq";

/** Rows of a page unless told. */
const DEFAULT_LIMIT = 50;
/** Rows that are read at a time, whatever they weigh: a page of the usual size costs one query. */
const ROWS_AT_ONCE = 64;

/** A list as its pages are read. */
export interface List<Row> {
  /** What its places are. */
  readonly key: PageKey;
  placeOf(row: Row): string | number;
  /** Gives so many of the rows that come after a place, in the list's order; null is its beginning. */
  read(after: string | number | null, count: number): Promise<readonly Row[]>;
  /** Rows that are read at a time, where each costs much; 64 unless told. */
  readonly atOnce?: number;
}

/**
 * Reads one page of a list, of as many rows as fit one answer: fewer than asked for where they are
 * large, at least one if there is one.
 * @param input `limit` (50 unless told) and `cursor` of the command
 * @returns the rows, and the cursor of the page after, null at the end
 * @throws CommandError invalid_input for a cursor that is not ours
 */
export async function readPage<Row>(
  { key, placeOf, read, atOnce = ROWS_AT_ONCE }: List<Row>,
  { limit = DEFAULT_LIMIT, cursor }: PageInput,
): Promise<{ data: Row[]; next: string | null }> {
  const data: Row[] = [];
  let bytes = 0;
  for (let after = cursor === undefined ? null : place(cursor, key); ; ) {
    // One more than asked for tells whether there is a next page.
    const count = Math.min(atOnce, limit + 1 - data.length);
    const rows = await read(after, count);
    for (const row of rows) {
      if (data.length === limit || bytes > ANSWER_BYTES) return { data, next: cursorOf(after) };
      data.push(row);
      bytes += Buffer.byteLength(JSON.stringify(row));
      after = placeOf(row);
    }
    if (rows.length < count) return { data, next: null };
  }
}

/**
 * Reads one page of a table, newest first; see readPage.
 * @param model the table, already narrowed to what the actor may see
 * @param where which of its rows
 * @param key the column that orders the list
 * @returns the rows as they go out, and the cursor of the page after, null at the end
 */
export function page<Row extends Model>(
  model: ModelStatic<Row>,
  where: WhereOptions<Attributes<Row>>,
  input: PageInput,
  key: PageKey = "id",
): Promise<{ data: Wire<Attributes<Row>>[]; next: string | null }> {
  const list: List<Wire<Attributes<Row>>> = {
    key,
    placeOf: (row) => (row as Record<PageKey, string | number>)[key],
    async read(after, count) {
      const rest = after === null ? [] : [{ [key]: { [Op.lt]: after } }];
      const rows = await model.findAll({
        // In an `and` of its own: a scope's condition on `id` would give way to another on `id`.
        where: { [Op.and]: [where, ...rest] } as never,
        order: [[key, "DESC"]],
        limit: count,
      });
      return rows.map(wire);
    },
  };
  return readPage(list, input);
}

/**
 * The opaque cursor of a place in a list.
 * @param value the `id` or `seq` of the last row of a page
 */
export function cursorOf(value: unknown): string {
  return Buffer.from(String(value)).toString("base64url");
}

/**
 * The place a cursor stands for.
 * @returns the `id` or `seq` after which the page begins
 * @throws CommandError invalid_input for a cursor that is not one of ours
 */
export function place(cursor: string, key: PageKey): string | number {
  const value = Buffer.from(cursor, "base64url").toString();
  if (key === "id" && uuid.safeParse(value).success) return value;
  if (key === "seq" && /^\d{1,15}$/.test(value)) return Number(value);
  throw new CommandError("invalid_input", "The cursor is not one that this list gave", {
    details: [{ path: "cursor", message: "must be `next` of the page before, unchanged" }],
  });
}
