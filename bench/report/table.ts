import { machineLines } from "./machine.ts";
import { REFERENCE, type Row, rowsOf, type Spread, spread } from "./ratios.ts";
import type { CpuShares, Run } from "./result.ts";

/** Above this share of its core the load generator, and not the server, set the pace. */
const LOAD_IS_THE_LIMIT = 0.9;

const HEADER = ["workload", "figure", "peer", "median", `to ${REFERENCE}`, "spread", "CPU"];
/** Numbers line up at their right end. */
const RIGHT = new Set([3, 4, 5]);

/**
 * The whole run as text: the machine, then a table in Markdown, which also reads well in a terminal.
 * A ratio above 1 is better than naive, whatever the figure; the spread is the smallest and the
 * largest ratio of the rounds; CPU is in percent of one core.
 */
export function printTable(run: Run): string {
  const rows = rowsOf(run);
  const lines = rows.map((row, index) => cells(row, rows[index - 1]));
  const limited = rows.some(isLimitedByLoad);
  return [
    ...machineLines(run.machine),
    ...(run.quick ? ["Quick: short windows, which show that it works rather than how fast."] : []),
    ...run.remarks,
    "",
    ...align([HEADER, ...lines]),
    "",
    "CPU: server / load generator / PostgreSQL, in percent of one core.",
    ...(limited ? ["* the load generator was the limit here: the server can do more."] : []),
    "",
  ].join("\n");
}

/** A number with three digits that count, thousands apart: 24,100 · 12.3 · 0.74. */
export function digits(value: number): string {
  const decimals = Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1))));
  return value.toLocaleString("en-US", {
    maximumFractionDigits: decimals,
    minimumFractionDigits: Number.isInteger(value) ? 0 : decimals,
  });
}

function cells(row: Row, above: Row | undefined): string[] {
  const sameCase = above?.workload === row.workload && above.variant === row.variant;
  const sameFigure = sameCase && above.name === row.name;
  const { title, unit, better } = row.figure;
  const isReference = row.peer === REFERENCE;
  return [
    sameCase ? "" : [row.workload, row.variant].filter((part) => part !== "").join(": "),
    sameFigure ? "" : `${title}${better === "lower" ? " (less is better)" : ""}`,
    row.peer,
    `${digits(row.value.median)}${unit.startsWith("/") ? "" : " "}${unit}`,
    row.ratio === null ? "" : digits(row.ratio.median),
    row.ratio === null || isReference ? "" : range(row.ratio),
    `${cpu(row)}${isLimitedByLoad(row) ? " *" : ""}`,
  ];
}

const range = ({ min, max }: Spread) => `${digits(min)} – ${digits(max)}`;

function medianShare(row: Row, name: keyof CpuShares): number | null {
  const shares = row.results.flatMap((result) => result.cpu?.[name] ?? []);
  return shares.length > 0 ? spread(shares).median : null;
}

function cpu(row: Row): string {
  const shares = (["server", "load", "postgres"] as const).map((name) => medianShare(row, name));
  if (shares.every((share) => share === null)) return "";
  return shares.map((share) => (share === null ? "?" : Math.round(share * 100))).join(" / ");
}

function isLimitedByLoad(row: Row): boolean {
  return (medianShare(row, "load") ?? 0) > LOAD_IS_THE_LIMIT;
}

function align(table: string[][]): string[] {
  const widths = HEADER.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  const pad = (text: string, column: number) =>
    RIGHT.has(column) ? text.padStart(widths[column]!) : text.padEnd(widths[column]!);
  const lines = table.map((line) => `| ${line.map(pad).join(" | ")} |`);
  const rule = widths.map((width, column) =>
    RIGHT.has(column) ? `${"-".repeat(width - 1)}:` : "-".repeat(width),
  );
  return [lines[0]!, `| ${rule.join(" | ")} |`, ...lines.slice(1)];
}
