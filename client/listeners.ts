type Listener = (data: never) => void;

/** Who listens to what; the events are named with what each tells. */
export class Listeners<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener>>();

  /**
   * Listens to an event.
   * @returns a function that stops listening
   */
  add<Name extends keyof Events>(name: Name, listener: (data: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => {
      listeners.delete(listener);
    };
  }

  /** Whether anybody listens to any of these. */
  has(...names: (keyof Events)[]): boolean {
    return names.some((name) => (this.#listeners.get(name)?.size ?? 0) > 0);
  }

  /** Tells all who listen to an event. */
  tell<Name extends keyof Events>(name: Name, data: Events[Name]): void {
    const listeners = this.#listeners.get(name);
    if (!listeners || listeners.size === 0) return;
    for (const listener of [...listeners]) {
      try {
        listener(data as never);
      } catch (error) {
        // Shown as any uncaught error is; the others are told nevertheless.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Forgets everybody. */
  clear(): void {
    this.#listeners.clear();
  }
}
