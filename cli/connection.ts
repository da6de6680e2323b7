import { type Command, InvalidArgumentError, Option } from "commander";
import { Client } from "../client/index.ts";
import { unlessAborted } from "../client/unless_aborted.ts";
import { storedSignIn } from "./credentials.ts";
import { Failure } from "./exit_codes.ts";

/** A server, and the token to speak to it with, if there is one. */
export interface SignIn {
  readonly url: string;
  readonly token?: string;
}

const LOCAL = "http://127.0.0.1:3000";

const NO_TOKEN =
  "no access token: sign in with `taskmaster login` (a server prints a link at its first start), " +
  "pass --token or set TASKMASTER_TOKEN";

/** Gives a command the option --url, which the environment can set too. */
export function addUrlOption(command: Command): Command {
  const url = new Option("--url <url>", `the server; that of \`login\` unless told, else ${LOCAL}`)
    .env("TASKMASTER_URL")
    .argParser(parseUrl);
  return command.addOption(url);
}

/** Gives a command the options --url and --token, which the environment can set too. */
export function addConnectionOptions(command: Command): Command {
  const token = new Option("--token <token>", "an access token; that of `login` unless told");
  return addUrlOption(command).addOption(token.env("TASKMASTER_TOKEN"));
}

/**
 * Which server a command means, and with which token: its options, else the environment, else what
 * `login` stored for that server.
 */
export function signInOf(command: Command): SignIn {
  const given = command.opts<{ url?: string; token?: string }>();
  // An empty variable counts as unset.
  const stored = storedSignIn(given.url || undefined);
  const token = given.token || stored.token;
  return { url: given.url || stored.url || LOCAL, ...(token && { token }) };
}

/** What a command that was stopped may take to take back what it did, which may wait for a server that is away. */
const UNDO_MS = 3_000;

/**
 * Connects, hands the client over and closes it afterwards. Says on stderr when the connection drops
 * and when it is back.
 * @param command whose options are meant
 * @param signal ends the waiting for a server; what `use` does then is its own affair, for some seconds
 * @throws Failure without a token and when no server answers, CommandError unauthenticated when the
 *   token is refused
 */
export async function withClient<Result>(
  command: Command,
  signal: AbortSignal,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const { url, token } = signInOf(command);
  if (token === undefined) throw new Failure(3, NO_TOKEN);
  const client = new Client({ url, token });
  let closing: NodeJS.Timeout | undefined;
  const closeSoon = () => {
    closing = setTimeout(() => client.close(), UNDO_MS);
  };
  signal.addEventListener("abort", closeSoon);
  try {
    await unlessAborted(reach(client), signal);
    reportOutages(client);
    return await use(client);
  } finally {
    signal.removeEventListener("abort", closeSoon);
    clearTimeout(closing);
    client.close();
  }
}

/**
 * The address of a server as it is stored and compared: scheme, host and port. Nothing stays nothing.
 * @throws InvalidArgumentError
 */
function parseUrl(text: string): string {
  if (text === "") return "";
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InvalidArgumentError("It must be a URL such as http://127.0.0.1:3000.");
  }
  return new URL(text).origin;
}

/**
 * Resolves once a server answers.
 * @throws Failure when none does, CommandError unauthenticated when the token is refused
 */
export async function reach(client: Client): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    const unlisten = client.on("offline", (reason) => {
      unlisten();
      const hint = "Is it running (taskmaster serve)? Is --url right?";
      reject(new Failure(5, `no Taskmaster server answers at ${client.url} (${reason}). ${hint}`));
    });
    client.on("online", unlisten);
  });
  await Promise.race([client.connected(), failed]);
}

function reportOutages(client: Client): void {
  let offline = false;
  client.on("offline", () => {
    if (!offline) process.stderr.write("offline, retrying\n");
    offline = true;
  });
  client.on("online", () => {
    if (offline) process.stderr.write("online again\n");
    offline = false;
  });
}
