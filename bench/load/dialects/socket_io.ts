import type { Dialect, Incoming } from "./dialect.ts";

const MESSAGE = 0x34; // "4"
const EVENT = 0x32;
const REPLY = 0x33;
const BRACKET = 0x5b; // "["

/** What all servers that speak Socket.IO 5 over Engine.IO 4 have in common. */
export const socketIo: Pick<Dialect, "path" | "greet" | "heartbeat" | "command" | "isReply"> = {
  path: "/socket.io/?EIO=4&transport=websocket",
  heartbeat: { ping: Buffer.from("2"), pong: "3" },

  greet(payload, token) {
    if (payload.startsWith("0")) return { send: `40${JSON.stringify({ token })}`, ready: false };
    if (payload.startsWith("40")) return { send: null, ready: true };
    if (payload.startsWith("44")) throw new Error(`the server refused to connect: ${payload}`);
    return { send: null, ready: false };
  },

  command(reference, name, input) {
    return `42${reference}${JSON.stringify([name, input])}`;
  },

  isReply: (payload) => payload[1] === REPLY && payload[0] === MESSAGE,
};

/** What an acknowledgement says: `data`, or else an `error`. */
type Answer = Pick<Incoming & { kind: "reply" }, "data" | "error">;

/**
 * Reads one packet.
 * @param readEvent makes something of an event's name and payload
 * @param readReply makes something of the arguments of an acknowledgement
 */
export function readPacket(
  payload: Buffer,
  readEvent: (name: string, data: never) => Incoming,
  readReply: (args: never) => Answer = readEnvelope,
): Incoming {
  if (payload[0] !== MESSAGE) return { kind: "other" };
  if (payload[1] === EVENT) {
    const [name, data] = JSON.parse(payload.toString("utf8", 2));
    return readEvent(name, data as never);
  }
  if (payload[1] !== REPLY) return { kind: "other" };
  const bracket = payload.indexOf(BRACKET, 2);
  const reference = Number(payload.toString("latin1", 2, bracket));
  const args = JSON.parse(payload.toString("utf8", bracket));
  return { kind: "reply", reference, ...readReply(args as never) };
}

function readEnvelope([reply]: [{ ok: boolean; data: unknown; error: unknown }]): Answer {
  return reply.ok ? { data: reply.data, error: null } : { data: null, error: reply.error };
}
