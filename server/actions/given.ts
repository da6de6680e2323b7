/** The fields of an input that are there, for a library to which `undefined` is a value. */
export type Given<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };

/**
 * Leaves out what the client did not name, so that a change keeps it and a new row gets its default.
 * @param fields part of an input
 * @returns the same fields without those that are undefined
 */
export function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<Fields>;
}
