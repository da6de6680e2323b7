import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { Client } from "../../client/index.ts";
import { createDatabase } from "../support/database.ts";
import { OWNER_TOKEN, startNode } from "../support/node.ts";
import { programOf } from "../support/programs.ts";

/** A real server as a child process with a database of its own, and its owner. */
export interface Room {
  readonly url: string;
  readonly token: string;
  /** The owner's connection. */
  readonly owner: Client;
  /** Ends the server as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again at the same address, after `kill`. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function openRoom(): Promise<Room> {
  const database = await createDatabase();
  const token = OWNER_TOKEN;
  const start = (port: string) => startNode({ DATABASE_URL: database.url, PORT: port });
  let node = await start("0");
  const { url } = node;
  const owner = new Client({ url, token });
  return {
    url,
    token,
    owner,
    kill: () => node.kill(),
    restart: async () => {
      node = await start(new URL(url).port);
    },
    close: async () => {
      owner.close();
      await node.stop();
      await database.drop();
    },
  };
}

export type Running = ChildProcessByStdio<Writable, Readable, Readable>;

/** The words that start `taskmaster`. */
export const taskmaster = () => [process.execPath, programOf("cli/main.ts")];

/** What `taskmaster` finds around it: the room's address and token if there is one. */
export function environment(room?: Pick<Room, "url" | "token">): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // Nothing that somebody at this machine signed in to.
    XDG_CONFIG_HOME: "/nonexistent",
    TASKMASTER_URL: room?.url ?? "",
    TASKMASTER_TOKEN: room?.token ?? "",
  };
}

/**
 * Starts `taskmaster` with these arguments.
 * @param env over the environment
 */
export function start(
  args: readonly string[],
  room?: Pick<Room, "url" | "token">,
  env: NodeJS.ProcessEnv = {},
): Running {
  const [node, ...words] = taskmaster();
  return spawn(node!, [...words, ...args], {
    env: { ...environment(room), ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/**
 * Runs `taskmaster` to its end.
 * @param around.stdin what comes through the pipe; nothing unless told
 * @param around.env over the environment
 */
export async function run(
  args: readonly string[],
  room?: Pick<Room, "url" | "token">,
  around: { stdin?: string | Uint8Array; env?: NodeJS.ProcessEnv } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = start(args, room, around.env);
  // A command that reads nothing may have ended before it could be written.
  child.stdin.on("error", () => {});
  child.stdin.end(around.stdin ?? "");
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { code, stdout, stderr };
}

/** Reads lines as they come, one at a time. */
export function linesOf(stream: Readable): AsyncIterator<string> {
  return createInterface({ input: stream })[Symbol.asyncIterator]();
}

/** The ids of the sessions that `taskmaster replay` said it made. */
export function sessionsIn(stdout: string): string[] {
  return [...stdout.matchAll(/session ([0-9a-f-]{36})/g)].map((match) => match[1]!);
}
