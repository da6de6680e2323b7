import Table from "cli-table3";
import { printLine } from "./output.ts";
import { type Colors, plain, terminalColors, terminalWidth } from "./render.ts";

/** One row, as the contract has it. */
export type Row = Readonly<Record<string, unknown>>;

const GAP = 2;
const NARROWEST = 8;

const noBorders = Object.fromEntries(
  ["top", "bottom", "left", "right"]
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat("mid", "mid-mid", "middle")
    .map((name) => [name, ""]),
);

/**
 * Prints rows: on a terminal as a table that fits it, with short ids and local times; into a pipe or
 * a file with tabs between whole values, without a head.
 * @param columns the names of those to show
 */
export async function printRows(
  rows: readonly Row[],
  columns: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const terminal = terminalWidth();
  if (terminal === undefined) {
    const lines = rows.map((row) => columns.map((name) => bare(row[name])).join("\t"));
    for (const line of lines) await printLine(line, signal);
    return;
  }
  const colors = terminalColors();
  const cells = rows.map((row) => columns.map((name) => short(name, row[name])));
  const natural = columns.map((name, at) =>
    Math.max(name.length, ...cells.map((line) => [...(line[at] ?? "")].length)),
  );
  await printTable(
    columns.map((name) => colors.bold(name)),
    cells.map((line) => line.map((text, at) => painted(columns[at] ?? "", text, colors))),
    fitted(natural, terminal),
    signal,
  );
}

/**
 * Prints one resource, a field a line; ids whole, since people copy them from here.
 * @param columns the names of those to show
 */
export async function printRecord(
  record: Row,
  columns: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (!process.stdout.isTTY) {
    for (const name of columns) await printLine(`${name}\t${bare(record[name])}`, signal);
    return;
  }
  const colors = terminalColors();
  const width = Math.max(0, ...columns.map((name) => name.length)) + GAP;
  for (const name of columns) {
    const value = name.endsWith("_at") ? short(name, record[name]) : bare(record[name]) || "–";
    await printLine(`${colors.dim(name.padEnd(width))}${painted(name, value, colors)}`, signal);
  }
}

async function printTable(
  head: string[],
  rows: string[][],
  widths: number[],
  signal: AbortSignal,
): Promise<void> {
  const table = new Table({
    head,
    chars: noBorders,
    colWidths: widths.map((width) => width + GAP),
    style: { "padding-left": 0, "padding-right": GAP, head: [], border: [] },
  });
  table.push(...rows);
  for (const line of table.toString().split("\n")) await printLine(line.trimEnd(), signal);
}

/** Takes from the widest column, again and again, until all fit into the terminal. */
function fitted(natural: readonly number[], terminal: number): number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, width) => sum + width + GAP, 0);
  while (total() > terminal) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= NARROWEST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** A value as it is, on one line. */
function bare(value: unknown): string {
  if (value === null || value === undefined) return "";
  return plain(typeof value === "string" ? value : JSON.stringify(value));
}

function short(name: string, value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (name.endsWith("_at")) return localTime(String(value));
  if (name === "id" || name.endsWith("_id")) return shortId(String(value));
  if (name.endsWith("_ids")) return (value as string[]).map(shortId).join(" ");
  return bare(value);
}

/** The end of an id, which is random; the beginning of a version 7 id is a time. */
export function shortId(id: string): string {
  return id.slice(-8);
}

function localTime(iso: string): string {
  // Sweden writes dates as ISO 8601 does.
  return new Date(iso).toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });
}

function painted(name: string, text: string, colors: Colors): string {
  if (text === "–" || name === "id" || name.endsWith("_id") || name.endsWith("_at")) {
    return colors.dim(text);
  }
  if (name !== "status") return text;
  if (text === "active" || text === "running" || text === "open") return colors.green(text);
  return colors.yellow(text);
}
