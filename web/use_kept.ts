import { useCallback, useSyncExternalStore } from "react";
import { useConnection } from "./connection.tsx";

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
