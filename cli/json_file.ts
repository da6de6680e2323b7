import { readFileSync } from "node:fs";
import type * as z from "zod";
import { reasonOf } from "./bad_recording.ts";

/**
 * Reads a file of JSON that must have a shape.
 * @throws Error that names the file and the place in it
 */
export function readJsonFile<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): z.infer<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new Error(`${file} is not what it should be: ${reasonOf(result.error)}`);
}
