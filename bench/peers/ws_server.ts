import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer } from "ws";

/** How frames reach the subscribers of a session, in which the two servers without storage differ. */
export interface Delivery {
  /** A frame for the one who asked. */
  answer(socket: Socket, frame: Buffer): void;
  /** A frame for all who follow a session. */
  broadcast(followers: ReadonlySet<Socket>, frame: Buffer): void;
}

interface Session {
  head: number;
  readonly followers: Set<Socket>;
}

/**
 * Runs a server that keeps nothing but a number for each session: messages are parsed, numbered and
 * passed on, each as one frame that is made once. What is faster than this does not use Node's
 * sockets. Prints its address, and ends on SIGTERM.
 */
export async function runWs(delivery: Delivery): Promise<void> {
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, Session>();

  const sessionOf = (session_id: string): Session => {
    const session = sessions.get(session_id) ?? { head: 0, followers: new Set() };
    sessions.set(session_id, session);
    return session;
  };

  http.on("upgrade", (request, stream, head) => {
    const socket = stream as Socket;
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.send("{}");
      client.on("message", (data) => {
        const [reference, name, { session_id, content }] = JSON.parse(data.toString());
        const session = sessionOf(session_id);
        if (name === "session.join") {
          session.followers.add(socket);
          delivery.answer(socket, frameOf(`{"reference":${reference},"data":null}`));
          return;
        }
        session.head += 1;
        const message = JSON.stringify({
          id: randomUUID(),
          session_id,
          seq: session.head,
          sender_agent_id: session_id,
          content,
          tool_call: null,
          created_at: new Date(),
        });
        delivery.broadcast(session.followers, frameOf(`{"message":${message}}`));
        delivery.answer(socket, frameOf(`{"reference":${reference},"data":${message}}`));
      });
      client.on("error", () => {}); // it closes now
      client.on("close", () => {
        for (const { followers } of sessions.values()) followers.delete(socket);
      });
    });
  });

  await new Promise<void>((resolve) => http.listen(Number(process.env.PORT), "127.0.0.1", resolve));
  console.log(`listening at http://127.0.0.1:${(http.address() as AddressInfo).port}`);
  process.on("SIGTERM", () => process.exit(0));
}

/** A text frame as a server sends it (RFC 6455, 5.2). */
function frameOf(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < 126 ? 2 : 4;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = 0x81;
  frame[1] = Math.min(length, 126);
  if (length >= 126) frame.writeUInt16BE(length, 2); // none of the bench's is longer than 65,535
  frame.write(text, head);
  return frame;
}
