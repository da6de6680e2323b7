import { type Command, InvalidArgumentError, Option } from "commander";
import { Client } from "../client/index.ts";

/** What every command takes to reach the server. */
export interface ConnectionOptions {
  readonly url: string;
  readonly token?: string;
}

const NO_TOKEN = `no access token: pass --token or set TASKMASTER_TOKEN.
Where to get one: a server prints the owner's at its first start, or fixes it with BOOTSTRAP_TOKEN;
and whoever has a token of scope full makes others with POST /api/v1/tokens.`;

/** Gives a command the options --url and --token, which the environment can set too. */
export function addConnectionOptions(command: Command): Command {
  const url = new Option("--url <url>", "where the server is")
    .env("TASKMASTER_URL")
    .default("http://127.0.0.1:3000")
    .argParser(parseUrl);
  const token = new Option("--token <token>", "an access token").env("TASKMASTER_TOKEN");
  return command.addOption(url).addOption(token);
}

/**
 * Connects, hands the client over and closes it afterwards. Says on stderr when the connection drops
 * and when it is back.
 * @param command whose options are meant; a missing token is its usage error
 * @throws Error when no server answers, CommandError unauthenticated when the token is refused
 */
export async function withClient<Result>(
  command: Command,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const { url, token } = command.opts<ConnectionOptions>();
  if (!token) command.error(`error: ${NO_TOKEN}`);
  const client = new Client({ url, token });
  try {
    await reach(client);
    reportOutages(client);
    return await use(client);
  } finally {
    client.close();
  }
}

function parseUrl(text: string): string {
  // An empty variable counts as unset.
  if (text === "") return "http://127.0.0.1:3000";
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InvalidArgumentError("It must be a URL such as http://127.0.0.1:3000.");
  }
  return text;
}

async function reach(client: Client): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    const unlisten = client.on("offline", (reason) => {
      unlisten();
      const hint = "Is it running (npm start)? Is --url right?";
      reject(new Error(`no Taskmaster server answers at ${client.url} (${reason}). ${hint}`));
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
