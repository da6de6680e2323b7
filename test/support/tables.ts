import { readFileSync } from "node:fs";

/** The rows of all tables of a Markdown file whose first column is `code`, cell by cell. */
export function readTables(file: string): string[][] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}

/** What a cell says, without the marks of code. */
export function plain(cell: string | undefined): string {
  return (cell ?? "").replaceAll("`", "");
}
