import type { Dialect, Person, Session } from "./dialects/dialect.ts";
import { deliveryOf, Follower, Reader } from "./follower.ts";
import { newId } from "./id.ts";
import { jsonOf, numberOf } from "./text.ts";
import { WebSocket } from "./web_socket.ts";

const readers = new Map<Dialect, Reader>();

/** One person's connection to a server under test. Every answer is checked; a wrong one throws. */
export class Client {
  readonly dialect: Dialect;
  /** What it follows; null until it joined. */
  follower: Follower | null = null;
  #socket!: WebSocket;
  readonly #reader: Reader;
  #greeted: (() => void) | null = null;
  #token: string;
  #references = 0;
  readonly #pending = new Map<number, (data: unknown) => void>();
  /** What the server said before there was a socket to answer on. */
  readonly #early: string[] = [];

  private constructor(dialect: Dialect, token: string) {
    this.dialect = dialect;
    this.#token = token;
    const reader = readers.get(dialect) ?? new Reader(dialect.read, dialect.numbered);
    readers.set(dialect, reader);
    this.#reader = reader;
  }

  /** Connects as a person; resolves when the server has accepted the token. */
  static async connect(dialect: Dialect, url: string, { token }: Person): Promise<Client> {
    const client = new Client(dialect, token);
    const greeted = new Promise<void>((resolve) => {
      client.#greeted = resolve;
    });
    const path = url + dialect.path;
    client.#socket = await WebSocket.connect(path, (payload) => client.#onMessage(payload));
    for (const payload of client.#early.splice(0)) client.#onGreeting(payload);
    await greeted;
    return client;
  }

  /**
   * Sends a command.
   * @returns the data of the reply
   * @throws Error when the server refuses it
   */
  call(name: string, input: unknown): Promise<unknown> {
    return new Promise((resolve) => {
      this.#references += 1;
      this.#pending.set(this.#references, resolve);
      this.#socket.send(this.dialect.command(this.#references, name, input));
    });
  }

  /**
   * Posts a message.
   * @param number of its text; see text.ts
   * @param acknowledged called when the server said that it is stored
   */
  post(session_id: string, number: number, acknowledged: () => void): void {
    this.#references += 1;
    this.#pending.set(this.#references, (data) => {
      const stored = numberOf(this.dialect.posted(data).content);
      if (stored !== number) throw new Error(`${stored} was acknowledged instead of ${number}`);
      acknowledged();
    });
    this.#socket.send(this.dialect.post(this.#references, session_id, newId(), jsonOf(number)));
  }

  /** Lets what `write` sends leave in one write. */
  batch(write: () => void): void {
    this.#socket.batch(write);
  }

  /**
   * Follows a session.
   * @returns what it gets, counted and checked
   */
  async join({ session_id, head }: Session): Promise<Follower> {
    this.follower = new Follower(this.dialect.numbered, head);
    const reply = await this.call("session.join", { session_id, after: head });
    this.follower.take(deliveryOf(this.dialect.backlog(reply), this.dialect.numbered));
    return this.follower;
  }

  /**
   * Joins a session and waits for its backlog. The clock stops with the last byte, and what came is
   * understood and checked afterwards, so that only the server is timed.
   * @param count messages of the backlog
   * @param last what the last of them says
   * @returns milliseconds
   */
  async catchUp(session: Session, count: number, last: string): Promise<number> {
    const started = performance.now();
    const arrived = this.#socket.holdUntil(last);
    const joined = this.join(session);
    const ended = await arrived;
    const { received } = await joined;
    if (received !== count) throw new Error(`${received} messages came instead of ${count}`);
    return ended - started;
  }

  /** Ends the connection. */
  close(): void {
    this.#socket.close();
  }

  #onMessage(payload: Buffer): void {
    if (this.#greeted) {
      this.#onGreeting(payload.toString());
      return;
    }
    const { heartbeat } = this.dialect;
    if (heartbeat?.ping.equals(payload)) {
      this.#socket.send(heartbeat.pong);
      return;
    }
    // Nobody else gets the same reply, so there is no use in keeping it.
    const { dialect } = this;
    const message = dialect.isReply(payload) ? dialect.read(payload) : this.#reader.read(payload);
    if ("texts" in message) this.follower!.take(message);
    else if (message.kind === "reply") {
      if (message.error) throw new Error(`refused: ${JSON.stringify(message.error)}`);
      const resolve = this.#pending.get(message.reference);
      if (!resolve) throw new Error("a reply came twice, or to nothing");
      this.#pending.delete(message.reference);
      resolve(message.data);
    }
  }

  #onGreeting(payload: string): void {
    if (!this.#socket) {
      this.#early.push(payload);
      return;
    }
    const { send, ready } = this.dialect.greet(payload, this.#token);
    if (send !== null) this.#socket.send(send);
    if (!ready) return;
    this.#greeted?.();
    this.#greeted = null;
  }
}
