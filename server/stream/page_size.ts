import type { Entry } from "../../contract/entry.ts";

/** Entries of the first page that is read, while the size of entries is unknown. */
export const FIRST_PAGE = 16;
const LARGEST_PAGE = 500;
const PAGE_BYTES = 262_144;

/**
 * Estimates what an entry weighs on the wire, without encoding it.
 * @returns bytes, roughly
 */
export function sizeOf(entry: Entry): number {
  const columns = 300;
  switch (entry.kind) {
    case "message":
      return columns + entry.content.length + jsonSize(entry.tool_call);
    case "log_entry":
      return columns + entry.message.length + jsonSize(entry.data);
    default:
      return columns + entry.content.length;
  }
}

function jsonSize(value: object | null): number {
  return value === null ? 0 : JSON.stringify(value).length;
}

/**
 * Chooses how many entries to read next, so that a page weighs about 256 KB whatever they hold.
 * @param page what was read last
 * @param limit the number it was read with
 */
export function nextLimit(page: readonly Entry[], limit: number): number {
  if (page.length === 0) return limit;
  const average = page.reduce((sum, entry) => sum + sizeOf(entry), 0) / page.length;
  return Math.max(1, Math.min(LARGEST_PAGE, Math.floor(PAGE_BYTES / average)));
}
