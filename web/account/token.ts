import { browserStorage } from "../browser_storage.ts";

const KEY = "taskmaster.token";

/** The token this browser signs in with: that of a sign-in link, else the one kept. Null if there is none. */
export function storedToken(): string | null {
  return tokenOfLink() ?? browserStorage.getItem(KEY);
}

/** The token of the sign-in link in the address, which is then kept and taken out of it; null if it is none. */
export function tokenOfLink(): string | null {
  // The link carries the token behind #, which no browser sends to a server or writes to its log.
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return null;
  keepToken(token);
  history.replaceState(null, "", location.pathname);
  return token;
}

/** Keeps the token until signing out. */
export function keepToken(token: string): void {
  browserStorage.setItem(KEY, token);
}

/** Keeps a token no longer; if another page has signed somebody else in meanwhile, theirs stays. */
export function forgetToken(token: string): void {
  if (browserStorage.getItem(KEY) === token) browserStorage.removeItem(KEY);
}
