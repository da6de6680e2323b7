/** Values that outlive the components that show them, for as long as one client speaks. */
export class Kept {
  readonly #values = new Map<string, unknown>();
  readonly #watchers = new Map<string, Set<() => void>>();
  /** Keys of what has not reached the server: the page asks before it is closed with them. */
  readonly unsent = new Set<string>();

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
