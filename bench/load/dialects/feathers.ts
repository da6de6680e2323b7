import type { Dialect } from "./dialect.ts";
import { naive } from "./naive.ts";
import { readPacket } from "./socket_io.ts";

/**
 * The server of bench/peers/feathers.ts, which has the tables of the naive one. A command is a
 * service's method, such as "create" of "messages", and is answered with an error or a result
 * (feathersjs.com/api/client/socketio).
 */
export const feathers: Dialect = {
  ...naive,

  command: (reference, name, input) =>
    `42${reference}${JSON.stringify(["create", serviceOf(name), input, {}])}`,

  post: (reference, session_id, _id, content) =>
    `42${reference}["create","messages",{"session_id":"${session_id}","content":${content}},{}]`,

  read: (payload) =>
    readPacket(
      payload,
      (name, row) =>
        name === "messages created"
          ? { kind: "rows", rows: naive.backlog([row]) }
          : { kind: "other" },
      ([error, data]: [unknown, unknown]) => ({ data, error }),
    ),
};

function serviceOf(name: string): string {
  if (name === "session.join") return "followers";
  throw new Error(`the Feathers server has no service for ${name}`);
}
