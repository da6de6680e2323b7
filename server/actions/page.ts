import { type Attributes, type Model, type ModelStatic, Op, type WhereOptions } from "sequelize";
import { CommandError } from "../../contract/errors.ts";
import { id as uuid } from "../../contract/field.ts";
import { type Wire, wire } from "./wire.ts";

/** What every list takes; see contract/field.ts. */
export interface PageInput {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** The column a list is ordered by: ids of version 7 sort by time, entries by their number. */
export type PageKey = "id" | "seq";

/** Rows of a page unless told. */
export const DEFAULT_LIMIT = 50;

/**
 * Reads one page of a list, newest first.
 * @param model the table, already narrowed to what the actor may see
 * @param where which of its rows
 * @param input `limit` (50 unless told) and `cursor` of the command
 * @param key the column that orders the list
 * @returns the rows as they go out, and the cursor of the page after, null at the end
 * @throws CommandError invalid_input for a cursor that is not ours
 */
export async function page<Row extends Model>(
  model: ModelStatic<Row>,
  where: WhereOptions<Attributes<Row>>,
  input: PageInput,
  key: PageKey = "id",
): Promise<{ data: Wire<Attributes<Row>>[]; next: string | null }> {
  const limit = input.limit ?? DEFAULT_LIMIT;
  const after =
    input.cursor === undefined ? [] : [{ [key]: { [Op.lt]: place(input.cursor, key) } }];
  const rows = await model.findAll({
    // In an `and` of its own: a scope's condition on `id` would give way to another on `id`.
    where: { [Op.and]: [where, ...after] } as never,
    order: [[key, "DESC"]],
    // One more than asked for tells whether there is a next page.
    limit: limit + 1,
  });
  const { data, next } = cut(rows, limit, (row) => row.get(key));
  return { data: data.map(wire), next };
}

/**
 * Makes a page of what was read for it.
 * @param rows in the order of the list, one more than the limit if there is a next page
 * @param placeOf what a row stands at in the list, such as its id
 */
export function cut<Row>(
  rows: readonly Row[],
  limit: number,
  placeOf: (row: Row) => unknown,
): { data: Row[]; next: string | null } {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { data: rows.slice(0, limit), next: last ? cursor(placeOf(last)) : null };
}

/**
 * The opaque cursor of a place in a list.
 * @param value the `id` or `seq` of the last row of a page
 */
export function cursor(value: unknown): string {
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
