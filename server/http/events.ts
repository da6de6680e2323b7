import type { Request, Response } from "express";
import { CommandError } from "../../contract/errors.ts";
import type { Actor } from "../actions/action.ts";
import { parse } from "../execute.ts";
import type { Identity, Rights } from "../stream/access.ts";
import { type Chunk, textsOf } from "../stream/chunk.ts";
import type { Subscriber } from "../stream/subscriber.ts";
import type { HttpOptions } from "./options.ts";

/** Often enough that proxies keep the connection, rarely enough to cost nothing. */
const HEARTBEAT_MS = 15_000;

/** An HTTP response that follows one session as Server-Sent Events. */
class EventsSubscriber implements Subscriber {
  readonly identity: Identity;
  rights: Rights;
  cursor: number;
  /** Called once when the subscription ends, whoever ended it. */
  onLeave: () => void = () => {};
  readonly #response: Response;

  constructor(response: Response, identity: Identity, rights: Rights, cursor: number) {
    this.#response = response;
    this.identity = identity;
    this.rights = rights;
    this.cursor = cursor;
  }

  setLive(): void {}

  send(chunk: Chunk): void {
    const events = textsOf(chunk).map(
      (text, index) => `id: ${chunk.first + index}\ndata: ${text}\n\n`,
    );
    this.#response.write(events.join(""));
  }

  waitingBytes(): number {
    return this.#response.writableNeedDrain ? this.#response.writableLength : 0;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#response.off("drain", done).off("close", done);
        resolve();
      };
      this.#response.on("drain", done).on("close", done);
    });
  }

  closed(reason: string): void {
    // At once and not when the connection is gone: writing after the end would be an error.
    this.onLeave();
    if (this.#response.writableNeedDrain) this.#response.destroy();
    else this.#response.end(`event: closed\ndata: ${JSON.stringify({ reason })}\n\n`);
  }

  /** Keeps the connection from looking idle; one that does not even take entries needs no more. */
  heartbeat(): void {
    if (!this.#response.writableNeedDrain) this.#response.write(": still here\n\n");
  }
}

/**
 * Sends a session's stream as Server-Sent Events (WHATWG HTML, section 9.2): `id` is the entry's
 * seq, so a browser that reconnects continues by itself with Last-Event-ID.
 * @param input of stream.read; its limit is refused, since this has no end
 */
export async function sendEvents(
  options: HttpOptions,
  actor: Actor,
  input: Record<string, unknown>,
  request: Request,
  response: Response,
): Promise<void> {
  const { execute, stream, revocations, maxBytes } = options;
  const { after: asked, limit, session_id } = parse("stream.read", actor, input, maxBytes).input;
  if (limit !== undefined) {
    throw new CommandError("invalid_input", "limit is for JSON pages; an event stream has no end");
  }
  const after = lastEventId(request) ?? asked ?? 0;
  const { rechecks } = stream;
  const joined = await execute("session.join", actor, { session_id, after });
  if (response.destroyed) return;
  response.writeHead(200, {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
  });
  response.write(": follows from here\n\n");
  const { role, agent_ids } = joined;
  const subscriber = new EventsSubscriber(response, actor, { role, agent_ids }, after);
  const heartbeat = setInterval(() => subscriber.heartbeat(), HEARTBEAT_MS);
  const connection = { actor, end: (reason: string) => subscriber.closed(reason) };
  revocations.watch(connection);
  subscriber.onLeave = () => {
    subscriber.onLeave = () => {};
    clearInterval(heartbeat);
    revocations.unwatch(connection);
    stream.leave(joined.session.id, subscriber);
  };
  response.on("close", () => subscriber.onLeave());
  stream.join(joined.session.id, subscriber, joined.head_seq, rechecks);
}

function lastEventId(request: Request): number | undefined {
  const text = request.get("Last-Event-ID");
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw new CommandError("invalid_input", "Last-Event-ID is not a seq");
  return Number(text);
}
