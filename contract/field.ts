import * as z from "zod";

/** A UUID of any version; ours are version 7. Capitals are the same id, as they are to PostgreSQL. */
export const id = z.uuid().toLowerCase();

/** UTC, ISO 8601 with milliseconds. */
export const timestamp = z.iso.datetime();

/** The number of an entry in its stream, or 0 for the place before the first. */
export const seq = z.int().min(0);

/** A line of text such as a name or a title: without control characters, and with something to see. */
export const line = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "must be one line, without control characters")
  // Fillers and the empty Braille cell count as letters and symbols, and show nothing.
  .regex(/[^\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u, "must have something to see");

/** A paragraph, such as a description or a role; may be empty. */
export const paragraph = z.string().max(10_000);

/** The body of an entry; the server's MAX_ENTRY_BYTES bounds it further. */
export const content = z.string().min(1);

/** Who besides its owner may use an agent, team or tool. */
export const visibility = z.enum(["private", "instance"]);

/** What every list takes: how many, and where the page before ended. */
export const page = {
  limit: z
    .int()
    .min(1)
    .max(200)
    .optional()
    .describe("Rows per page; 50 unless told, fewer where they are large"),
  cursor: z.string().max(200).optional().describe("`next` of the page before"),
};

/**
 * The answer of every list: a page of rows, newest first, and the cursor of the next page.
 * @param row the schema of one row
 */
export function listOf<Row extends z.ZodType>(row: Row) {
  return z.strictObject({ data: z.array(row), next: z.string().nullable() });
}

/** The answer of a command that leaves nothing to tell. */
export const nothing = z.strictObject({});
