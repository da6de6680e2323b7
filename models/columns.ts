import { DataTypes } from "sequelize";
import { v7 } from "uuid";

// The columns that most tables share. Functions, because Sequelize writes into the objects it is given.

/** The primary key: a UUID made here, version 7, so that ids sort by the time they were made. */
export const id = () => ({ type: DataTypes.UUID, primaryKey: true, defaultValue: () => v7() });

/**
 * A foreign key to `table`. RESTRICT where the row is history or somebody's work and must not lose what
 * it names, CASCADE where the row only joins two others and means nothing without them.
 */
export const reference = (
  table: string,
  onDelete: "RESTRICT" | "CASCADE",
  { allowNull = false } = {},
) => ({ type: DataTypes.UUID, allowNull, references: { model: table, key: "id" }, onDelete });

/** A text that must be there, with the default if one is given. */
export const text = (defaultValue?: string) => ({
  type: DataTypes.TEXT,
  allowNull: false,
  ...(defaultValue === undefined ? {} : { defaultValue }),
});

/** A JSON object, empty unless given. */
export const json = () => ({ type: DataTypes.JSONB, allowNull: false, defaultValue: {} });

/** One of `values`, with the default if one is given. */
export const oneOf = <T extends string>(values: readonly T[], defaultValue?: NoInfer<T>) => ({
  type: DataTypes.ENUM(...values),
  allowNull: false,
  ...(defaultValue === undefined ? {} : { defaultValue }),
});

/** The moment the row was written (or changed: Sequelize sets both). */
export const time = () => ({
  type: DataTypes.DATE,
  allowNull: false,
  defaultValue: DataTypes.NOW,
});

/** An entry's number in its session's stream: 1, 2, 3 … without gap. */
export const seq = () => ({ type: DataTypes.BIGINT, allowNull: false });

/** The JSON object of a JSONB column. */
export type Json = Record<string, unknown>;
