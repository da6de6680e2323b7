const KEY = "taskmaster.token";

/**
 * The token this browser signs in with: the one of the sign-in link if the address holds one, which is
 * then kept and taken out of the address, else the one that was kept. Null if there is none.
 */
export function storedToken(): string | null {
  // The link carries the token behind #, which no browser sends to a server or writes to its log.
  const fromLink = new URLSearchParams(location.hash.slice(1)).get("token");
  if (fromLink) {
    keepToken(fromLink);
    history.replaceState(null, "", location.pathname);
  }
  return localStorage.getItem(KEY);
}

/** Keeps the token until signing out. */
export function keepToken(token: string): void {
  localStorage.setItem(KEY, token);
}

/** Signs this browser out. */
export function forgetToken(): void {
  localStorage.removeItem(KEY);
}
