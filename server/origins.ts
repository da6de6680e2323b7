/** Whether a browser page of this origin may talk to this server. */
export type OriginCheck = (origin: string | undefined, host: string | undefined) => boolean;

/**
 * Makes the check of the Origin header, the same for requests and WebSocket upgrades.
 * @param allowed origins besides the server's own, such as https://example.org
 * @returns a check that passes clients which are no browsers, since they send no origin
 */
export function createOriginCheck(allowed: readonly string[]): OriginCheck {
  return (origin, host) => {
    if (origin === undefined) return true;
    if (allowed.includes(origin)) return true;
    return host !== undefined && URL.canParse(origin) && new URL(origin).host === host;
  };
}
