import pc from "picocolors";
import type { Entry } from "../contract/entry.ts";

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours when stdout is a terminal that takes them, none when it is a pipe or a file. */
export function terminalColors(): Colors {
  return pc.createColors(pc.isColorSupported && process.stdout.isTTY === true);
}

/** The columns of the terminal that stdout is; undefined when it is none. */
export function terminalWidth(): number | undefined {
  // A terminal that does not know how wide it is says 0.
  return process.stdout.isTTY ? process.stdout.columns || 80 : undefined;
}

/**
 * One entry as one line: number, kind, speaker, text.
 * @param speaker the name to show
 * @param width columns to cut the line to; the whole text without it
 */
export function renderEntry(entry: Entry, speaker: string, colors: Colors, width?: number): string {
  const seq = String(entry.seq).padStart(5);
  const kind = entry.kind.padEnd(9);
  const name = plain(speaker).slice(0, 24).padEnd(14);
  const taken = seq.length + kind.length + name.length + 4;
  const text = cut(plain(textOf(entry)), width === undefined ? undefined : width - taken);
  return `${colors.dim(seq)}  ${kindColor(entry, colors)(kind)} ${nameColor(speaker, colors)(name)} ${text}`;
}

function textOf(entry: Entry): string {
  if (entry.kind === "message") {
    const call = entry.tool_call === null ? "" : `⚙ ${JSON.stringify(entry.tool_call)}`;
    return [entry.content, call].filter(Boolean).join(" ");
  }
  if (entry.kind !== "log_entry") return entry.content;
  return `${entry.type}: ${entry.message} ${JSON.stringify(entry.data)}`;
}

/** Text without line breaks and control characters: others wrote it, and it must not steer the terminal. */
export function plain(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
}

function cut(text: string, columns = Number.POSITIVE_INFINITY): string {
  const letters = [...text];
  if (letters.length <= columns) return text;
  return `${letters.slice(0, Math.max(columns - 1, 0)).join("")}…`;
}

function kindColor(entry: Entry, colors: Colors): (text: string) => string {
  if (entry.kind === "prompt") return colors.yellow;
  if (entry.kind === "comment") return colors.magenta;
  if (entry.kind === "message") return entry.tool_call === null ? colors.green : colors.cyan;
  return entry.type === "error" ? colors.red : colors.gray;
}

/** The same colour for the same name, so that an eye can follow one speaker. */
function nameColor(name: string, colors: Colors): (text: string) => string {
  const palette = [colors.cyan, colors.green, colors.magenta, colors.blue, colors.yellow];
  let sum = 0;
  for (const letter of name) sum += letter.codePointAt(0) ?? 0;
  const color = palette[sum % palette.length] ?? colors.white;
  return (text) => colors.bold(color(text));
}
