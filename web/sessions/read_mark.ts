import { browserStorage } from "../browser_storage.ts";

const PREFIX = "taskmaster.read.";

/** The number of the newest entry that was shown in this browser; 0 if none was. */
export function lastRead(session_id: string): number {
  return Number(browserStorage.getItem(PREFIX + session_id) ?? 0);
}

/** Remembers that everything up to a number was shown. */
export function markRead(session_id: string, seq: number): void {
  if (seq > lastRead(session_id)) browserStorage.setItem(PREFIX + session_id, String(seq));
}
