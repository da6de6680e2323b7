/**
 * Consecutive entries of one stream, each as its JSON. A stored entry never changes, so its text is
 * made once, when it is appended or read, and carried as it is to every subscriber and node.
 */
export interface Chunk {
  readonly session_id: string;
  /** Number of its first entry; the others follow without a gap. */
  readonly first: number;
  /** One JSON object an entry, without line breaks; at least one. */
  readonly texts: readonly string[];
}

/** The number of its last entry. */
export function lastOf(chunk: Chunk): number {
  return chunk.first + chunk.texts.length - 1;
}

/** What it weighs, in characters. */
export function sizeOf(chunk: Chunk): number {
  return chunk.texts.reduce((sum, text) => sum + text.length, 0);
}

/**
 * Cuts a chunk to a range of numbers.
 * @param after the number before the first wanted
 * @param upTo the last number wanted
 * @returns null if it has none of them
 */
export function cut(chunk: Chunk, after: number, upTo = Number.POSITIVE_INFINITY): Chunk | null {
  const { session_id, first, texts } = chunk;
  if (after < first && upTo >= lastOf(chunk)) return chunk;
  const start = Math.max(0, after + 1 - first);
  const wanted = texts.slice(start, Math.max(start, upTo + 1 - first));
  return wanted.length > 0 ? { session_id, first: first + start, texts: wanted } : null;
}

/**
 * Groups entries of many streams into chunks.
 * @param entries with their JSON; those of one session in the order of their numbers, without a gap
 */
export function chunksOf(
  entries: readonly { entry: { session_id: string; seq: number }; text: string }[],
): Chunk[] {
  const chunks = new Map<string, { session_id: string; first: number; texts: string[] }>();
  for (const { entry, text } of entries) {
    const { session_id, seq } = entry;
    const chunk = chunks.get(session_id);
    if (chunk) chunk.texts.push(text);
    else chunks.set(session_id, { session_id, first: seq, texts: [text] });
  }
  return [...chunks.values()];
}

/** In JSON a quotation mark within a string is escaped, so what somebody wrote cannot look like this. */
const rightsEvent = /"event": ?"(member\.removed|session\.updated)"/;

/**
 * Whether somebody's place in the session ended by this entry, or may have.
 * @param text an entry as JSON
 */
export function changesRights(text: string): boolean {
  return text.startsWith('{"kind":"log_entry"') && rightsEvent.test(text);
}

/**
 * When an entry was stored.
 * @param text an entry as JSON, whose last column is always created_at
 * @returns milliseconds since 1970
 */
export function createdAt(text: string): number {
  const name = '"created_at":"';
  const start = text.lastIndexOf(name) + name.length;
  return Date.parse(text.slice(start, text.indexOf('"', start)));
}
