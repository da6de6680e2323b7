import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import { type Model, type ModelStatic, Op } from "sequelize";
import { Server } from "socket.io";
import { naiveEvents } from "./naive_events.ts";
import { openTables } from "./tables.ts";

/** What a client sends to post a message. */
export interface Posted {
  session_id: string;
  content: string;
  tool_call?: object;
}

/** In what the two naive servers differ. */
export interface Naive {
  /** The column by which a client says how far it has read. */
  cursor: "id" | "seq";
  /** Stores one message; resolves with its row when it is committed. */
  create(message: ModelStatic<Model>, values: Posted & { sender_agent_id: string }): Promise<Model>;
}

/**
 * Runs the server that everyone writes by hand: Socket.IO, a Sequelize model, and a room for each
 * session, which can be followed over HTTP too. It makes its own tables, prints its address, and
 * ends on SIGTERM.
 */
export async function runNaive({ cursor, create }: Naive): Promise<void> {
  const tables = await openTables(cursor);
  const { AccessToken, Agent, Message } = tables;
  const events = naiveEvents(tables, cursor);
  const http = createServer(events.listener);
  const io = new Server(http, { serveClient: false });
  if (process.env.REDIS_URL) {
    const publisher = new Redis(process.env.REDIS_URL);
    io.adapter(createAdapter(publisher, publisher.duplicate()));
  }

  io.use(async (socket, next) => {
    const token = await AccessToken.findByPk(String(socket.handshake.auth.token), { raw: true });
    if (!token) return next(new Error("unauthenticated"));
    const agent = await Agent.findOne({ where: { owner_id: token.user_id }, raw: true });
    socket.data.agent_id = agent!.id;
    next();
  });

  io.on("connection", (socket) => {
    socket.on("message.post", async ({ session_id, content, tool_call }: Posted, reply) => {
      try {
        const sender_agent_id = socket.data.agent_id;
        const values = { session_id, content, tool_call: tool_call ?? null, sender_agent_id };
        const data = (await create(Message, values as never)).toJSON();
        io.to(session_id).emit("message", data);
        events.publish(session_id, data);
        reply({ ok: true, data });
      } catch (error) {
        reply({ ok: false, error: String(error) });
      }
    });

    socket.on("session.join", async ({ session_id, after }, reply) => {
      try {
        await socket.join(session_id);
        const data = await Message.findAll({
          where: { session_id, [cursor]: { [Op.gt]: after } },
          order: [[cursor, "ASC"]],
        });
        reply({ ok: true, data });
      } catch (error) {
        reply({ ok: false, error: String(error) });
      }
    });
  });

  await new Promise<void>((resolve) => http.listen(Number(process.env.PORT), "127.0.0.1", resolve));
  console.log(`listening at http://127.0.0.1:${(http.address() as AddressInfo).port}`);
  process.on("SIGTERM", () => process.exit(0));
}
