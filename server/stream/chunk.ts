import type { Entry } from "../../contract/entry.ts";
import type { LogEntry } from "../../contract/log_entry.ts";

/**
 * Consecutive entries of one stream, as the JSON that is sent. A stored entry never changes, so its JSON
 * is made once, when it is appended or read, and its bytes are carried as they are to every subscriber.
 */
export interface Chunk {
  readonly session_id: string;
  /** Number of its first entry; the others follow without a gap. */
  readonly first: number;
  /** Number of its last entry. */
  readonly last: number;
  /** JSON objects in UTF-8, each without line breaks, with SEPARATOR between them. */
  readonly bytes: Buffer;
}

/** JSON allows a line break there, and by it an entry is found without reading any. */
export const SEPARATOR = ",\n";
const LINE_BREAK = 0x0a;

/** A chunk above this is never copied: it is kept, and sent, from where it is. */
export const LARGE_BYTES = 65_536;

/**
 * Makes a chunk.
 * @param first number of the first entry
 * @param texts at least one entry as JSON, without line breaks
 */
export function chunkOf(session_id: string, first: number, texts: readonly string[]): Chunk {
  return { session_id, first, last: first + texts.length - 1, bytes: joined(texts) };
}

/** Written one by one: a text of all would be as large again, in memory that nothing else has used. */
function joined(texts: readonly string[]): Buffer {
  if (texts.length === 1) return Buffer.from(texts[0]!);
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const separators = (texts.length - 1) * SEPARATOR.length;
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, separators));
  let at = 0;
  texts.forEach((text, index) => {
    if (at > 0) at += bytes.write(SEPARATOR, at, "latin1");
    at += bytes.write(text, at, lengths[index]!);
  });
  return bytes;
}

/** Each of its entries as JSON. */
export function textsOf(chunk: Chunk): string[] {
  return chunk.bytes.toString().split(SEPARATOR);
}

/** The id of its first entry. */
export function firstIdOf(chunk: Chunk): string {
  const first = cut(chunk, 0, chunk.first)!;
  return (JSON.parse(first.bytes.toString()) as Entry).id;
}

/** How many entries it has. */
export function countOf(chunk: Chunk): number {
  return chunk.last - chunk.first + 1;
}

/** What one of its entries takes in bytes, on average. */
export function entryBytesOf(chunk: Chunk): number {
  return chunk.bytes.length / countOf(chunk);
}

/**
 * Cuts a chunk to a range of numbers.
 * @param after the number before the first wanted
 * @param upTo the last number wanted
 * @returns null if it has none of them
 */
export function cut(chunk: Chunk, after: number, upTo = Number.POSITIVE_INFINITY): Chunk | null {
  const { session_id, bytes } = chunk;
  const first = Math.max(chunk.first, after + 1);
  const last = Math.min(chunk.last, upTo);
  if (first > last) return null;
  if (first === chunk.first && last === chunk.last) return chunk;
  const start = skip(bytes, 0, first - chunk.first);
  const end =
    last === chunk.last ? bytes.length : skip(bytes, start, last - first + 1) - SEPARATOR.length;
  return { session_id, first, last, bytes: bytes.subarray(start, end) };
}

/** Where the entry begins that is so many further than the one that begins at a place. */
function skip(bytes: Buffer, from: number, entries: number): number {
  let at = from;
  for (let left = entries; left > 0; left -= 1) at = bytes.indexOf(LINE_BREAK, at) + 1;
  return at;
}

/**
 * Groups entries of many streams into chunks.
 * @param entries with their JSON; those of one session in the order of their numbers, without a gap
 * @param isWanted whether somebody wants those of a session
 */
export function chunksOf(
  entries: readonly { entry: { session_id: string; seq: number }; text: string }[],
  isWanted: (session_id: string) => boolean,
): Chunk[] {
  const sessions = new Map<string, { first: number; texts: string[] }>();
  for (const { entry, text } of entries) {
    const session = sessions.get(entry.session_id);
    if (session) session.texts.push(text);
    else if (isWanted(entry.session_id)) {
      sessions.set(entry.session_id, { first: entry.seq, texts: [text] });
    }
  }
  return Array.from(sessions, ([session_id, { first, texts }]) =>
    chunkOf(session_id, first, texts),
  );
}

/** As an entry of that kind begins. */
const LOG_ENTRY = Buffer.from('{"kind":"log_entry"');
/** In JSON a quotation mark within a string is escaped, but what somebody wrote may have such a key further in. */
const perhapsRightsEvent = /"event": ?"(member\.removed|session\.updated)"/;
const rightsEvents: readonly unknown[] = ["member.removed", "session.updated"];

/**
 * Finds the first entry by which somebody's place in the session ended, or may have.
 * @returns its number, or null if there is none
 */
export function rightsChangeIn({ bytes, first }: Chunk): number | null {
  let seq = first;
  let counted = 0;
  for (let at = bytes.indexOf(LOG_ENTRY); at !== -1; at = bytes.indexOf(LOG_ENTRY, at + 1)) {
    if (at > 0 && bytes[at - 1] !== LINE_BREAK) continue; // within what somebody wrote
    const next = bytes.indexOf(SEPARATOR, at);
    const text = bytes.toString("latin1", at, next === -1 ? bytes.length : next);
    if (!perhapsRightsEvent.test(text)) continue;
    if (!rightsEvents.includes((JSON.parse(text) as LogEntry).data.event)) continue;
    while (counted < at) {
      counted = skip(bytes, counted, 1);
      seq += 1;
    }
    return seq;
  }
  return null;
}

const createdAt = /"created_at":"([^"]+)"\}$/;

/**
 * When its last entry was stored; an entry's last column is always created_at.
 * @returns milliseconds since 1970
 */
export function storedAt({ bytes }: Chunk): number {
  const [, time] = createdAt.exec(bytes.toString("latin1", bytes.length - 64)) ?? [];
  return Date.parse(time ?? "");
}
