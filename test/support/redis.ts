import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./port.ts";

export interface TestRedis {
  url: string;
  /** What it is, e.g. "/usr/bin/redis-server". */
  kind: string;
  /** Ends it; clients lose their connections. Leaves a shared one alone. */
  stop(): Promise<void>;
  /** Starts it again, empty, on the same port. Throws on a shared one. */
  start(): Promise<void>;
  /** Lets it hang: its connections stay open, and nothing is answered. Leaves a shared one alone. */
  pause(): void;
  /** Lets it go on. */
  resume(): void;
}

export interface Program {
  /** For people, such as "/usr/bin/redis-server". */
  kind: string;
  command: string;
  args(port: number): string[];
}

/**
 * Gives a running Redis: the one of REDIS_URL, else a private redis-server or valkey-server from
 * PATH, else js-redis-server. With `own` it is always private, so that it can be stopped. Throws
 * when there is no real one and REQUIRE_REAL_REDIS=1.
 */
export async function startRedis({ own = false } = {}): Promise<TestRedis> {
  if (process.env.REDIS_URL && !own) return shared(process.env.REDIS_URL);
  const program = findProgram();
  const port = await freePort();
  let child = await launch(program, port);
  return {
    url: `redis://127.0.0.1:${port}`,
    kind: program.kind,
    stop: () => end(child),
    start: async () => {
      await end(child);
      child = await launch(program, port);
    },
    pause: () => child.kill("SIGSTOP"),
    resume: () => child.kill("SIGCONT"),
  };
}

/** For people: which Redis this run uses. Throws as `startRedis` does. */
export function describeRedis(): string {
  return process.env.REDIS_URL ? "the one of REDIS_URL" : findProgram().kind;
}

function shared(url: string): TestRedis {
  const refuse = async () => {
    throw new Error("The Redis of REDIS_URL is shared: use startRedis({ own: true })");
  };
  const leave = () => {};
  return {
    url,
    kind: "the one of REDIS_URL",
    stop: async () => {},
    start: refuse,
    pause: leave,
    resume: leave,
  };
}

/** The path of a real Redis in PATH, or null. Throws when there is none and REQUIRE_REAL_REDIS=1. */
export function findRealRedis(): string | null {
  for (const name of ["redis-server", "valkey-server"])
    for (const folder of (process.env.PATH ?? "").split(delimiter))
      if (isProgram(join(folder, name))) return join(folder, name);
  if (process.env.REQUIRE_REAL_REDIS === "1")
    throw new Error("REQUIRE_REAL_REDIS=1, but PATH has neither redis-server nor valkey-server");
  return null;
}

function findProgram(): Program {
  const path = findRealRedis();
  if (path) return realRedis(path);
  const library = createRequire(import.meta.url).resolve("js-redis-server");
  return {
    kind: "js-redis-server, for want of a real one",
    command: process.execPath,
    args: (port) => [join(dirname(library), "cli.js"), "--port", String(port)],
  };
}

/** A real Redis of the given path that keeps nothing, with more options if wanted. */
export function realRedis(path: string): Program {
  const options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", tmpdir()];
  return { kind: path, command: path, args: (port) => ["--port", String(port), ...options] };
}

/** Starts a program, and resolves when it takes connections on the port. */
export async function launch(
  { kind, command, args }: Program,
  port: number,
): Promise<ChildProcess> {
  const child = spawn(command, args(port), { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout! });
  for await (const line of lines) {
    if (!/ready to accept|listening/i.test(line)) continue;
    child.stdout!.resume(); // a full pipe would stop the server
    return child;
  }
  throw new Error(`${kind} ended at its start`);
}

/** Ends a program like a power cut does. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL"); // there is nothing to save
  await exited;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
