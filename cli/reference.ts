// Compares the rules of consensus with known answers: npm run reference -- FILE
// Exits with 0 when nothing differs, 1 when something does, 2 when FILE cannot be read.
import { readFileSync } from "node:fs";
import { jsonObject } from "../contract/json.ts";
import { type Row, rowsOf } from "./reference_rows.ts";

const [file] = process.argv.slice(2);
try {
  if (!file) throw new Error("usage: npm run reference -- FILE");
  const sections = jsonObject.parse(JSON.parse(readFileSync(file, "utf8")));
  const rows = rowsOf(sections);
  for (const row of rows) process.stdout.write(`${written(row)}\n`);
  const counts = (["equal", "DIFFERENT", "unknown", "no answer"] as const).map(
    (status) => `${rows.filter((row) => row.status === status).length} ${status}`,
  );
  process.stdout.write(`${rows.length} compared: ${counts.join(", ")}\n`);
  process.exitCode = rows.some(({ status }) => status === "DIFFERENT") ? 1 : 0;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}

function written({ path, status, computed, expected }: Row): string {
  const known = computed === undefined ? "not computed" : `computed ${JSON.stringify(computed)}`;
  return `${status.padEnd(9)}  ${path}  ${known}  expected ${JSON.stringify(expected)}`;
}
