import type { Attributes, Model } from "sequelize";
import type { JsonObject } from "../../contract/json.ts";
import type { Json } from "../../models/index.ts";

type WireValue<Value> = Value extends Date ? string : Value extends Json ? JsonObject : Value;

/** A row as the contract's schemas say it: dates are ISO 8601 strings, JSONB is JSON. */
export type Wire<Row> = { [Column in keyof Row]: WireValue<Row[Column]> };

/**
 * Turns a model's row into what goes out.
 * @param row a row with all its columns
 * @returns a plain object of its columns
 */
export function wire<Row extends Model>(row: Row): Wire<Attributes<Row>> {
  const columns = Object.entries(row.get({ plain: true }) as Record<string, unknown>).map(
    ([column, value]) => [column, value instanceof Date ? value.toISOString() : value],
  );
  return Object.fromEntries(columns) as Wire<Attributes<Row>>;
}
