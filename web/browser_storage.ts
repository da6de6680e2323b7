/** What the browser would not keep: it forbids that, or has no room. */
const here = new Map<string, string>();

/** The browser's localStorage; what it does not take lasts as long as the page. */
export const browserStorage: Pick<Storage, "getItem" | "setItem" | "removeItem"> = {
  getItem(key) {
    const held = here.get(key);
    if (held !== undefined) return held;
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  setItem(key, value) {
    try {
      localStorage.setItem(key, value);
      here.delete(key);
    } catch {
      here.set(key, value);
    }
  },
  removeItem(key) {
    here.delete(key);
    try {
      localStorage.removeItem(key);
    } catch {
      // It kept nothing.
    }
  },
};
