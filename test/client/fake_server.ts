import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type Socket } from "socket.io";
import type { CommandName } from "../../contract/commands.ts";

/** What the next command is answered with; nothing when the connection should drop instead. */
export type Answer = (input: Record<string, unknown>, socket: Socket) => unknown;

/** A Socket.IO server that misbehaves as a test wants: the real one does so too rarely. */
export interface FakeServer {
  readonly url: string;
  /** Every command that arrived, oldest first. */
  readonly commands: { name: string; input: Record<string, unknown> }[];
  /** Answers to a command in turn; the last one goes on. */
  answer(name: CommandName, ...answers: Answer[]): void;
  /** Refuses handshakes in turn with these errors, and lets in whoever comes after. */
  refuse(...errors: object[]): void;
  close(): Promise<void>;
}

/** An answer that never comes, because the connection drops. */
export const drop: Answer = (_, socket) => {
  socket.conn.close();
};

export async function startFakeServer(): Promise<FakeServer> {
  const http = createServer();
  const io = new Server(http, { serveClient: false });
  const commands: FakeServer["commands"] = [];
  const answers = new Map<string, Answer[]>();
  const refusals: object[] = [];
  io.use((_, next) => {
    const data = refusals.shift();
    next(data && Object.assign(new Error("refused"), { data }));
  });
  io.on("connection", (socket) => {
    socket.onAny((name: string, input, acknowledge) => {
      commands.push({ name, input });
      const planned = answers.get(name) ?? [];
      const answer = planned.length > 1 ? planned.shift() : planned[0];
      const reply = answer ? answer(input, socket) : { ok: true, data: {} };
      if (reply !== undefined) acknowledge(reply);
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    commands,
    answer: (name, ...planned) => void answers.set(name, planned),
    refuse: (...errors) => void refusals.push(...errors),
    close: async () => {
      await io.close();
    },
  };
}
