import type { Page, WebSocketRoute } from "playwright-core";
import type { ErrorBody } from "../../contract/errors.ts";

const HANDSHAKE = `0${JSON.stringify({ sid: "none", upgrades: [], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1_000_000 })}`;

/** The connection of one page to the server, which a test can cut, and on which it can refuse commands. */
export class Wire {
  /** Commands that do not reach the server → what is answered in its place. */
  readonly refusals = new Map<string, ErrorBody>();
  readonly #sockets = new Set<WebSocketRoute>();
  #isCut = false;
  #refused = 0;
  #onRefused = () => {};

  /** Stands between a page and its server; to be called before the page is opened. */
  static async of(page: Page): Promise<Wire> {
    const wire = new Wire();
    await page.routeWebSocket(/socket\.io/, (socket) => wire.#join(socket));
    return wire;
  }

  /** Ends the connection, and leaves others without an answer until it is mended. */
  cut(): void {
    this.#isCut = true;
    this.#closeAll();
  }

  /** Lets the next connection through. */
  mend(): void {
    this.#isCut = false;
    // A client that waits for this first frame would wait on for long where a connection only closes.
    for (const socket of this.#sockets) socket.send(HANDSHAKE);
    this.#closeAll();
  }

  /** Resolves when so many commands were refused. */
  async refused(times: number): Promise<void> {
    while (this.#refused < times) {
      await new Promise<void>((resolve) => {
        this.#onRefused = resolve;
      });
    }
  }

  #closeAll(): void {
    for (const socket of this.#sockets) void socket.close();
    this.#sockets.clear();
  }

  #join(page: WebSocketRoute): void {
    this.#sockets.add(page);
    // What nobody answers is ended by mend.
    if (this.#isCut) return;
    const server = page.connectToServer();
    this.#sockets.add(server);
    page.onMessage((frame) => {
      const [, id, name = ""] = /^42(\d+)\["([^"]+)"/.exec(String(frame)) ?? [];
      const error = this.refusals.get(name);
      if (!error) return server.send(frame);
      page.send(`43${id}${JSON.stringify([{ ok: false, error }])}`);
      this.#refused += 1;
      this.#onRefused();
    });
  }
}

/** As a script of a page, makes its pauses short, but for those of the connection's heartbeat. */
export function hurry(): void {
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = ((act: () => void, ms = 0, ...rest: []) =>
    wait(act, ms < 10_000 ? ms / 50 : ms, ...rest)) as typeof setTimeout;
}
