import { createInterface } from "node:readline";
import { addAbortSignal, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { Client } from "../client/index.ts";
import { unlessAborted } from "../client/unless_aborted.ts";
import type { Output } from "../contract/commands.ts";
import { addConnectionOptions, addUrlOption, reach, signInOf, withClient } from "./connection.ts";
import { credentialsPath, forgetSignIn, storeSignIn } from "./credentials.ts";
import { Failure } from "./exit_codes.ts";
import { addExamples } from "./help.ts";
import { addJsonOption, printLine } from "./output.ts";
import { plain } from "./render.ts";

type Me = Output<"me.get">;

/** Adds `taskmaster login`, `logout` and `whoami`. */
export function addLogin(program: Command, signal: AbortSignal): void {
  const login = program
    .command("login")
    .summary("sign in to a server, from now on")
    .description(
      "Checks an access token and keeps it, with the server's address, in a file that only you may " +
        `read: ${credentialsPath()}. Asks for it, without showing it, unless it comes as an argument ` +
        "or through a pipe. The link that a server prints at its first start will do: it holds both.",
    )
    .argument("[link-or-token]", "http://…/#token=…, or a token; others may see arguments");
  addExamples(
    addJsonOption(addUrlOption(login)),
    "login",
    "login --url https://taskmaster.example.org < token.txt",
    "login 'http://127.0.0.1:3000/#token=tm_…'",
  ).action(async (given: string | undefined) => {
    const secret = given ?? (await readSecret(signal));
    const linked = readLink(secret);
    const url = linked?.url ?? signInOf(login).url;
    const token = linked?.token ?? secret;
    const me = await check({ url, token }, signal);
    storeSignIn(url, token);
    await say(login, me, url, "signed in as ", signal);
  });

  const logout = program
    .command("logout")
    .summary("forget the token of a server")
    .description(
      "Forgets the token that `login` keeps for a server. The token itself stays valid: to end it, " +
        "see `taskmaster token revoke`.",
    );
  addExamples(
    addJsonOption(addUrlOption(logout)),
    "logout",
    "logout --url https://taskmaster.example.org",
  ).action(async () => {
    const { url } = signInOf(logout);
    if (!forgetSignIn(url)) throw new Failure(3, `you are not signed in to ${url}`);
    const line = logout.opts().json ? JSON.stringify({ url }) : `signed out of ${url}`;
    await printLine(line, signal);
  });

  const whoami = program
    .command("whoami")
    .summary("who you are to the server")
    .description("Says whom your access token speaks for, where, and what it may do.");
  addExamples(addJsonOption(addConnectionOptions(whoami)), "whoami", "whoami --json").action(() =>
    withClient(whoami, signal, async (client) => {
      const me = await unlessAborted(client.command("me.get", {}), signal);
      await say(whoami, me, client.url, "", signal);
    }),
  );
}

async function say(
  command: Command,
  me: Me,
  url: string,
  before: string,
  signal: AbortSignal,
): Promise<void> {
  const rights = [`scope ${me.scope}`, ...(me.is_admin ? ["admin"] : [])];
  if (me.agent_id !== null) rights.push(`as the agent ${me.agent_id}`);
  const line = `${before}${me.name} <${me.email}> at ${url} (${rights.join(", ")})`;
  await printLine(command.opts().json ? JSON.stringify({ url, ...me }) : plain(line), signal);
}

async function check(sign_in: { url: string; token: string }, signal: AbortSignal): Promise<Me> {
  const client = new Client(sign_in);
  try {
    await unlessAborted(reach(client), signal);
    return await unlessAborted(client.command("me.get", {}), signal);
  } finally {
    client.close();
  }
}

/** The server and the token of a sign-in link, or null if it is none. */
function readLink(given: string): { url: string; token: string } | null {
  if (!URL.canParse(given)) return null;
  const { protocol, origin, hash } = new URL(given);
  const token = new URLSearchParams(hash.slice(1)).get("token");
  if (!token || !/^https?:$/.test(protocol)) {
    throw new Failure(2, "this is no sign-in link: one begins with http and ends in #token=…");
  }
  return { url: origin, token };
}

/** Without showing it on a terminal; otherwise what comes through the pipe. */
async function readSecret(signal: AbortSignal): Promise<string> {
  const secret = process.stdin.isTTY
    ? await askHidden("Sign-in link or access token (not shown): ", signal)
    : await text(addAbortSignal(signal, process.stdin));
  if (secret.trim() === "") throw new Failure(2, "there is no token: nothing was given");
  return secret.trim();
}

function askHidden(question: string, signal: AbortSignal): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(question);
  const answered = new Promise<string>((resolve, reject) => {
    reader.once("line", resolve);
    // The terminal is raw meanwhile, so that Ctrl-C is a key and not a signal.
    reader.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
    reader.once("close", () => reject(new Failure(2, "there is no token: nothing was given")));
  });
  return unlessAborted(answered, signal).finally(() => {
    reader.close();
    process.stderr.write("\n");
  });
}
