import { io, type Socket } from "socket.io-client";
import type { CommandName, Input, Output } from "../../contract/commands.ts";
import type { Entry } from "../../contract/entry.ts";
import { CommandError, type ErrorBody } from "../../contract/errors.ts";
import { OWNER_TOKEN } from "./node.ts";

type Reply = { ok: true; data: unknown } | { ok: false; error: ErrorBody };

/** A plain Socket.IO client, without anything of our SDK, so that it sees the bare wire. */
export interface TestClient {
  readonly socket: Socket;
  /** Sends a command; throws CommandError with the reply's code when it is refused. */
  call<Name extends CommandName>(name: Name, input: Input<Name>): Promise<Output<Name>>;
  /** Sends whatever is given, as the event, with an acknowledgement. */
  send(event: string, ...args: unknown[]): Promise<Reply>;
  close(): void;
}

/** Connects and resolves when the server has accepted the token. */
export async function connect(url: string, token = OWNER_TOKEN): Promise<TestClient> {
  const socket = io(url, {
    auth: { token },
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
    socket.once("disconnect", (reason) => reject(new Error(`disconnected at once: ${reason}`)));
  });
  const send = (event: string, ...args: unknown[]) =>
    new Promise<Reply>((resolve, reject) => {
      // Socket.IO would keep it for a reconnect that never comes.
      if (!socket.connected) throw new Error("disconnected before it was sent");
      const gone = () => reject(new Error("disconnected before the reply"));
      socket.once("disconnect", gone);
      socket.emit(event, ...args, (reply: Reply) => {
        socket.off("disconnect", gone);
        resolve(reply);
      });
    });
  return {
    socket,
    send,
    async call(name, input) {
      const reply = await send(name, input);
      if (!reply.ok) throw new CommandError(reply.error.code, reply.error.message);
      return reply.data as never;
    },
    close: () => socket.disconnect(),
  };
}

/** What a client that follows a session was given, in the order in which it was given. */
export class Follower {
  client: TestClient;
  readonly session_id: string;
  readonly entries: Entry[] = [];
  /** How many `entries` events they came in. */
  frames = 0;
  /** What the server answered to the newest join. */
  joined!: Output<"session.join">;
  readonly #after: number;
  #waiting: { seq: number; resolve: () => void }[] = [];

  private constructor(client: TestClient, session_id: string, after: number) {
    this.client = client;
    this.session_id = session_id;
    this.#after = after;
  }

  /** Joins a session from a cursor on a client of its own. */
  static async join(client: TestClient, session_id: string, after: number): Promise<Follower> {
    const follower = new Follower(client, session_id, after);
    await follower.#join();
    return follower;
  }

  /** Goes on over another connection, from the last entry it has, and closes the one before. */
  async moveTo(client: TestClient): Promise<void> {
    this.client.close();
    this.client = client;
    await this.#join();
  }

  async #join(): Promise<void> {
    const { client, session_id } = this;
    client.socket.on("entries", (frame: { session_id: string; entries: Entry[] }) => {
      if (frame.session_id !== session_id) return;
      this.frames += 1;
      this.entries.push(...frame.entries);
      this.#waiting = this.#waiting.filter(({ seq, resolve }) => {
        if (this.last < seq) return true;
        resolve();
        return false;
      });
    });
    const after = this.last || this.#after;
    this.joined = await client.call("session.join", { session_id, after });
  }

  /** The number of the newest entry it has, or 0. */
  get last(): number {
    return this.entries.at(-1)?.seq ?? 0;
  }

  get seqs(): number[] {
    return this.entries.map((entry) => entry.seq);
  }

  /** Resolves when it has the entry of this number. */
  reached(seq: number): Promise<void> {
    if (this.last >= seq) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ seq, resolve }));
  }
}
