import type { SessionState } from "./state.ts";

/** How far an application was told of a session, and what the session had come to by then. */
export interface Saved {
  /** Of the state's shape; a state of another version is folded again from the stream. */
  readonly version: number;
  /** Number of the last entry that the application was told of. */
  readonly seq: number;
  readonly state: SessionState;
}

/** Keeps a Saved by a key, which is the session's id. What it keeps is plain JSON. */
export interface Store {
  get(key: string): Promise<Saved | undefined> | Saved | undefined;
  set(key: string, saved: Saved): Promise<void> | void;
}

/** Keeps everything for as long as the process lives. */
export function memoryStore(): Store {
  const kept = new Map<string, Saved>();
  return {
    get: (key) => kept.get(key),
    set: (key, saved) => void kept.set(key, saved),
  };
}

/** As much of a browser's Storage as is needed. */
export interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/**
 * Keeps everything in a browser's localStorage or sessionStorage.
 * @param prefix of its keys there
 */
export function webStore(storage: WebStorage, prefix = "taskmaster:"): Store {
  return {
    get(key) {
      const text = storage.getItem(prefix + key);
      try {
        return text === null ? undefined : (JSON.parse(text) as Saved);
      } catch {
        // Somebody else has written there. What cannot be read is read from the server again.
        return undefined;
      }
    },
    set(key, saved) {
      try {
        storage.setItem(prefix + key, JSON.stringify(saved));
      } catch {
        // It is full. What is not kept is read from the server again.
      }
    },
  };
}
