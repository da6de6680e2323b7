import { useCallback, useSyncExternalStore } from "react";
import { useConnection } from "./connection.tsx";

/** Values that outlive the components that show them, for as long as one client speaks. */
export class Kept {
  readonly #values = new Map<string, unknown>();
  readonly #watchers = new Map<string, Set<() => void>>();

  /** What was set last; undefined if nothing was. */
  get<Value>(key: string): Value | undefined {
    return this.#values.get(key) as Value | undefined;
  }

  /** Sets a value and tells those who watch it. */
  set(key: string, value: unknown): void {
    this.#values.set(key, value);
    for (const watcher of this.#watchers.get(key) ?? []) watcher();
  }

  /**
   * Calls back whenever a value is set.
   * @returns a function that ends this
   */
  watch(key: string, watcher: () => void): () => void {
    const watchers = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, watchers.add(watcher));
    return () => watchers.delete(watcher);
  }

  /** Whether a component shows it at the moment. */
  isWatched(key: string): boolean {
    return (this.#watchers.get(key)?.size ?? 0) > 0;
  }
}

/**
 * A state that is as it was left when its component is shown again.
 * @param key the same wherever the same state is meant
 * @param first its value until one is set
 */
export function useKept<Value>(key: string, first: Value): [Value, (value: Value) => void] {
  const { kept } = useConnection();
  const watch = useCallback((watcher: () => void) => kept.watch(key, watcher), [kept, key]);
  const value = useSyncExternalStore(watch, () => kept.get<Value>(key));
  return [value ?? first, (next) => kept.set(key, next)];
}
