import { useSyncExternalStore } from "react";

/** The number that the address names, as in `#42`; null if it names none. */
export function useTarget(): number | null {
  const hash = useSyncExternalStore(listen, () => location.hash);
  return /^#[1-9]\d*$/.test(hash) ? Number(hash.slice(1)) : null;
}

function listen(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  addEventListener("popstate", changed);
  return () => {
    removeEventListener("hashchange", changed);
    removeEventListener("popstate", changed);
  };
}
