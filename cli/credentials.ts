import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import * as z from "zod";
import { Failure } from "./exit_codes.ts";

/** Which server is meant unless told, and the token for each: a token goes to its own server only. */
const Credentials = z.strictObject({
  url: z.string(),
  tokens: z.record(z.string(), z.string()),
});
type Credentials = z.infer<typeof Credentials>;

/** Where `taskmaster login` keeps access tokens. An empty variable counts as unset. */
export function credentialsPath(): string {
  const folder = process.env.XDG_CONFIG_HOME || join(homedir(), ".config");
  return join(folder, "taskmaster", "credentials.json");
}

/**
 * The server that was signed in to last, and the token for a server.
 * @param url of the server that is meant; the one of the last `login` unless told
 * @throws Failure when the file cannot be read
 */
export function storedSignIn(url?: string): { url?: string; token?: string } {
  const stored = read();
  const meant = url ?? stored?.url;
  if (stored === null || meant === undefined) return {};
  const token = stored.tokens[meant];
  return { url: meant, ...(token !== undefined && { token }) };
}

/** Keeps a token, in a file that only this user may read, and makes its server the one meant. */
export function storeSignIn(url: string, token: string): void {
  write({ url, tokens: { ...read()?.tokens, [url]: token } });
}

/**
 * Forgets the token for a server.
 * @returns whether there was one
 */
export function forgetSignIn(url: string): boolean {
  const stored = read();
  if (stored?.tokens[url] === undefined) return false;
  const { [url]: _, ...tokens } = stored.tokens;
  const [next] = Object.keys(tokens);
  if (next === undefined) rmSync(credentialsPath());
  else write({ url: stored.url === url ? next : stored.url, tokens });
  return true;
}

function read(): Credentials | null {
  const path = credentialsPath();
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Failure(1, `${path} cannot be read: ${(error as Error).message}`);
  }
  try {
    return Credentials.parse(JSON.parse(text));
  } catch {
    throw new Failure(1, `${path} is damaged: remove it and sign in with \`taskmaster login\``);
  }
}

function write(credentials: Credentials): void {
  const path = credentialsPath();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  // A file that was there already keeps its mode otherwise.
  chmodSync(path, 0o600);
}
