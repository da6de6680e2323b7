import { spawn } from "node:child_process";
import { once } from "node:events";
import { environment, type Room, taskmaster } from "./room.ts";

/** `taskmaster` in a pseudo-terminal of its own, as a person at a keyboard has it. */
export interface Terminal {
  /** Presses keys; Ctrl-C is `\x03`, Enter is `\r`. */
  press(keys: string): void;
  /** Resolves once this is on the screen, now or later; rejects when the command ends before. */
  shows(pattern: RegExp): Promise<void>;
  /** Resolves with the exit code and everything that was shown. */
  ended(): Promise<{ code: number; screen: string }>;
}

/** ESC, with which every colour and movement begins. */
export const ESCAPE = "\u001b";

/** What is on the screen, without colours. */
export function withoutColors(screen: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what begins a colour
  return screen.replace(/\u001b\[[0-9;]*m/g, "");
}

/**
 * Starts `taskmaster` in a pseudo-terminal, by script(1) of util-linux.
 * @param args as the shell would give them
 * @param env over the environment
 */
export function openTerminal(
  args: readonly string[],
  room?: Pick<Room, "url" | "token">,
  { columns = 100, env = {} }: { columns?: number; env?: Record<string, string> } = {},
): Terminal {
  const words = [...taskmaster(), ...args].map(quoted).join(" ");
  const command = `stty cols ${columns} rows 40; exec ${words}`;
  const child = spawn("script", ["-qefc", command, "/dev/null"], {
    env: { ...environment(room), TERM: "xterm-256color", SHELL: "/bin/sh", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let screen = "";
  child.stdout.on("data", (chunk: Buffer) => {
    screen += chunk.toString();
  });
  const closed = once(child, "close");
  return {
    press: (keys) => child.stdin.write(keys),
    shows: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => pattern.test(screen) && resolve();
        child.stdout.on("data", look);
        void closed.then(() => reject(new Error(`It ended without ${pattern}:\n${screen}`)));
        look();
      }),
    ended: async () => ({ code: (await closed)[0] as number, screen }),
  };
}

/** A word for a shell, whatever it holds. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
