import type { AddressInfo } from "node:net";
import { feathers, type HookContext, type Params } from "@feathersjs/feathers";
import socketio from "@feathersjs/socketio";
import type {} from "@feathersjs/transport-commons"; // which declares channels
import { SequelizeService } from "feathers-sequelize";
import { openTables } from "./tables.ts";

// As feathersjs.com/api has it: services, a channel for each session, and what a socket is known by
// in `socket.feathers`. It is built on the same Socket.IO and Sequelize as the naive server.

/** What every call of a connection knows. */
interface Known extends Params {
  agent_id: string;
}

const { AccessToken, Agent, Message } = await openTables("id");

const messages = new SequelizeService({ Model: Message });

/** Who follows which session; making one joins its channel and answers what was missed. */
const followers = {
  async create({ session_id, after }: { session_id: string; after: number }, params: Params) {
    app.channel(session_id).join(params.connection!);
    return messages.find({
      query: { session_id, id: { $gt: after }, $sort: { id: 1 } },
      paginate: false,
    });
  },
};

const app = feathers<{ messages: typeof messages; followers: typeof followers }>();
app.configure(
  socketio((io) => {
    io.use(async (socket, next) => {
      const token = await AccessToken.findByPk(String(socket.handshake.auth.token), { raw: true });
      if (!token) return next(new Error("unauthenticated"));
      const agent = await Agent.findOne({ where: { owner_id: token.user_id }, raw: true });
      Object.assign((socket as unknown as { feathers: object }).feathers, { agent_id: agent!.id });
      next();
    });
  }),
);
app.use("messages", messages, { methods: ["create"] });
app.use("followers", followers, { methods: ["create"], events: [] });
app.service("messages").hooks({
  before: {
    create: [
      async (context: HookContext) => {
        context.data.sender_agent_id = (context.params as Known).agent_id;
      },
    ],
  },
});
app
  .service("messages")
  .publish("created", (message: { session_id: string }) => app.channel(message.session_id));
// Joining is nobody else's business.
app.service("followers").publish(() => []);

const server = await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
console.log(`listening at http://127.0.0.1:${(server.address() as AddressInfo).port}`);
process.on("SIGTERM", () => process.exit(0));
