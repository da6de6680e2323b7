import type { Dialect, Row } from "./dialect.ts";

const REFERENCE = 0x72; // "r", which "reference" begins with

/**
 * The servers of bench/peers/ws.ts and ws_coalesced.ts: plain JSON over a WebSocket, with nothing
 * stored and nobody asked who they are.
 */
export const ws: Dialect = {
  path: "/",
  numbered: true,
  heartbeat: null,

  greet: () => ({ send: null, ready: true }), // whatever it says first

  command: (reference, name, input) => JSON.stringify([reference, name, input]),

  post: (reference, session_id, _id, content) =>
    `[${reference},"message.post",{"session_id":"${session_id}","content":${content}}]`,

  isReply: (payload) => payload[2] === REFERENCE,

  read(payload) {
    const { reference, data, message } = JSON.parse(payload.toString());
    if (message) return { kind: "rows", rows: [message] };
    return { kind: "reply", reference, data, error: null };
  },

  posted: (data) => data as Row,

  backlog: () => [],

  enroll: async (_url, _database, count) =>
    Array.from({ length: count }, () => ({ token: "", user_id: crypto.randomUUID() })),

  createSession: async () => ({ session_id: crypto.randomUUID(), head: 0 }),

  async fill() {
    throw new Error("a server that stores nothing has no backlog");
  },
};
