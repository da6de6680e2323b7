import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "./web_socket.ts";

/** Where Node listens once it was sent SIGUSR1 (nodejs.org/api/cli.html, --inspect-port). */
const INSPECTOR = "http://127.0.0.1:9229/json/list";

/**
 * Makes a Node process let go of all memory it does not need. It needs no preparation: Node opens
 * its inspector on a signal.
 * @throws Error when another process has the inspector's port
 */
export async function collectGarbage(pid: number): Promise<void> {
  process.kill(pid, "SIGUSR1");
  const [target] = await whenOpen();
  const answers = new Map<number, (result: { result?: { value: unknown } }) => void>();
  const socket = await WebSocket.connect(
    target!.webSocketDebuggerUrl.replace("ws:", "http:"),
    (payload) => {
      const { id, result } = JSON.parse(payload.toString());
      answers.get(id)?.(result);
    },
  );
  const ask = (method: string, params = {}) =>
    new Promise<{ result?: { value: unknown } }>((resolve) => {
      const id = answers.size + 1;
      answers.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
  const { result } = await ask("Runtime.evaluate", { expression: "process.pid" });
  if (result?.value !== pid) throw new Error("another process is being inspected on port 9229");
  await ask("HeapProfiler.collectGarbage");
  socket.close();
}

async function whenOpen(): Promise<{ webSocketDebuggerUrl: string }[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await (await fetch(INSPECTOR)).json()) as { webSocketDebuggerUrl: string }[];
    } catch (error) {
      if (attempt === 50) throw error;
      await pause(100);
    }
  }
}
