import type { Server } from "socket.io";
import type { Input, Output } from "../../contract/commands.ts";
import { CommandError } from "../../contract/errors.ts";
import type { ServerEvents } from "../../contract/signal.ts";
import { type Execute, parse } from "../execute.ts";
import type { Stream } from "../stream/stream.ts";
import type { SocketConnection, SocketSubscriber } from "./connection.ts";
import type { Presence } from "./presence.ts";

/** How far back a client that names no cursor begins. */
const NEWEST = 50;
/** Bounds what one slow socket can make the server hold: a page for each session it follows. */
const MAX_SESSIONS = 200;

/**
 * The commands that belong to one connection: following a session, and signals to its followers.
 * Signals are checked against the subscription, which ends with the right to follow, so that a
 * stream of tokens costs no query each. That is why an archived session carries them as well: whether
 * it is archived is a question to the database, and of a signal nothing is kept.
 */
export function socketCommands(node: {
  execute: Execute;
  stream: Stream;
  presence: Presence;
  io: Server;
  maxBytes: number;
}) {
  const { execute, stream, presence, io, maxBytes } = node;

  function leave(connection: SocketConnection, session_id: string): void {
    connection.subscriptions.get(session_id)?.leave();
  }

  function signal<Name extends "typing" | "delta">(
    connection: SocketConnection,
    name: Name,
    payload: ServerEvents[Name],
  ): void {
    // The sender knows; and who is behind is not in the room, so signals never pile up.
    io.to(payload.session_id).except(connection.socket.id).emit(name, payload);
  }

  async function join(
    connection: SocketConnection,
    input: unknown,
  ): Promise<Output<"session.join">> {
    const { rechecks } = stream;
    const joined = await execute("session.join", connection.actor, input);
    const { after } = input as Input<"session.join">;
    const session_id = joined.session.id;
    // Nobody would end a subscription that begins after its socket has ended.
    if (!connection.socket.connected) {
      throw new CommandError("unavailable", "The socket has ended");
    }
    leave(connection, session_id);
    if (connection.subscriptions.size >= MAX_SESSIONS) {
      throw new CommandError("conflict", `One socket follows ${MAX_SESSIONS} sessions at the most`);
    }
    const { role, agent_ids, head_seq } = joined;
    const cursor = after ?? Math.max(0, head_seq - NEWEST);
    const subscriber = connection.subscribe(session_id, { role, agent_ids }, cursor);
    let exit = presence.enter(session_id, connection.actor, role);
    subscriber.onRole = (role) => {
      exit();
      exit = presence.enter(session_id, connection.actor, role);
    };
    subscriber.onLeave = () => {
      exit();
      stream.leave(session_id, subscriber);
    };
    let known = presence.changes(session_id);
    subscriber.onLive = (live) => {
      if (!live) known = presence.toldChanges(session_id);
      const missed = live ? presence.missed(session_id, known) : null;
      // The way of all signals, so that it overtakes none.
      if (missed) connection.socket.emit("presence", { session_id, members: missed });
    };
    // After the reply, so that a client knows the session before it gets its entries.
    setImmediate(() => {
      if (connection.subscriptions.get(session_id) === subscriber) {
        stream.join(session_id, subscriber, head_seq, rechecks);
      }
    });
    return { ...joined, presence: presence.members(session_id) };
  }

  return {
    async "session.join"(
      connection: SocketConnection,
      input: unknown,
    ): Promise<Output<"session.join">> {
      const { session_id } = parse("session.join", connection.actor, input, maxBytes).input;
      return inOrder(connection, session_id, () => join(connection, input));
    },

    async "session.leave"(
      connection: SocketConnection,
      input: unknown,
    ): Promise<Output<"session.leave">> {
      const { session_id } = parse("session.leave", connection.actor, input, maxBytes).input;
      return inOrder(connection, session_id, async () => {
        leave(connection, session_id);
        return {};
      });
    },

    async "typing.set"(
      connection: SocketConnection,
      input: unknown,
    ): Promise<Output<"typing.set">> {
      const { session_id, typing } = parse("typing.set", connection.actor, input, maxBytes).input;
      writer(connection, session_id);
      const { user_id, agent_id } = connection.actor;
      signal(connection, "typing", {
        session_id,
        ...(agent_id === null ? { user_id } : { agent_id }),
        typing,
      });
      return {};
    },

    async "delta.send"(
      connection: SocketConnection,
      input: unknown,
    ): Promise<Output<"delta.send">> {
      const delta = parse("delta.send", connection.actor, input, maxBytes).input;
      const subscriber = writer(connection, delta.session_id);
      const agent_id = delta.agent_id ?? connection.actor.agent_id;
      if (agent_id === null || !subscriber.rights.agent_ids.includes(agent_id)) {
        throw new CommandError("forbidden", "Name an agent of this session that you may speak as");
      }
      signal(connection, "delta", { ...delta, agent_id });
      return {};
    },
  };
}

/**
 * Lets a connection join and leave a session in the order in which it asked, so that the last of them decides.
 * @param move joins or leaves; called once those asked for before are done, whatever came of them
 * @returns what it returns
 */
function inOrder<Done>(
  connection: SocketConnection,
  session_id: string,
  move: () => Promise<Done>,
): Promise<Done> {
  connection.moves ??= new Map();
  const { moves } = connection;
  const done = (moves.get(session_id) ?? Promise.resolve()).then(move);
  const settled = done
    .catch(() => {})
    .then(() => {
      if (moves.get(session_id) !== settled) return;
      moves.delete(session_id);
      if (moves.size === 0) connection.moves = null;
    });
  moves.set(session_id, settled);
  return done;
}

function writer(connection: SocketConnection, session_id: string): SocketSubscriber {
  const subscriber = connection.subscriptions.get(session_id);
  if (!subscriber)
    throw new CommandError("not_found", "You do not follow this session; join it first");
  if (subscriber.rights.role === "observer")
    throw new CommandError("forbidden", "Observers only read");
  return subscriber;
}
