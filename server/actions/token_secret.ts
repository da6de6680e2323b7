import { createHash, randomBytes } from "node:crypto";

/**
 * Makes the secret of a new access token.
 * @returns `token`, shown to its owner once: `tm_` and 32 random bytes in base64url; and `token_hash`,
 *   what is stored of it
 */
export function makeToken(): { token: string; token_hash: string } {
  const token = `tm_${randomBytes(32).toString("base64url")}`;
  return { token, token_hash: hashToken(token) };
}

/**
 * What a token is stored and looked up by. One plain round is enough, since the secret is random and
 * as long as the hash: there is nothing to guess.
 * @param token the secret as the client sends it
 * @returns its SHA-256 in hex
 */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
