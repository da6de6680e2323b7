import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import pg from "pg";
import {
  Sequelize as Connection,
  DataTypes,
  type Model,
  type ModelStatic,
  Op,
  type Sequelize,
} from "sequelize";
import { Server } from "socket.io";

pg.types.setTypeParser(pg.types.builtins.INT8, Number);

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
 * session. It makes its own tables, prints its address, and ends on SIGTERM.
 */
export async function runNaive({ cursor, create }: Naive): Promise<void> {
  const sequelize = new Connection(process.env.DATABASE_URL!, {
    dialect: "postgres",
    dialectModule: pg,
    logging: false,
    pool: { max: 10, min: 1, idle: 30_000 },
  });
  const { AccessToken, Agent, Message } = await defineModels(sequelize, cursor);
  const http = createServer();
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

type Row = Model & Record<string, string>;

async function defineModels(sequelize: Sequelize, cursor: "id" | "seq") {
  const id = { type: DataTypes.UUID, primaryKey: true };
  const to = (model: string, key = "id") => ({
    type: DataTypes.UUID,
    allowNull: false,
    references: { model, key },
  });
  const options = { timestamps: false, underscored: true };
  const name = DataTypes.TEXT;
  sequelize.define("users", { id, name }, options);
  const Agent = sequelize.define<Row>("agents", { id, owner_id: to("users"), name }, options);
  const token = { type: DataTypes.UUID, primaryKey: true };
  const AccessToken = sequelize.define<Row>(
    "access_tokens",
    { token, user_id: to("users") },
    options,
  );
  sequelize.define(
    "sessions",
    {
      id,
      title: DataTypes.TEXT,
      created_by: to("users"),
      head_seq: { type: DataTypes.BIGINT, allowNull: false, defaultValue: 0 },
    },
    options,
  );
  const Message = sequelize.define(
    "messages",
    {
      id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
      session_id: to("sessions"),
      ...(cursor === "seq" && { seq: { type: DataTypes.BIGINT, allowNull: false } }),
      sender_agent_id: to("agents"),
      content: { type: DataTypes.TEXT, allowNull: false },
      tool_call: DataTypes.JSONB,
      created_at: { type: DataTypes.DATE, allowNull: false, defaultValue: DataTypes.NOW },
    },
    {
      ...options,
      indexes: [{ fields: ["session_id", cursor], unique: true }, { fields: ["sender_agent_id"] }],
    },
  );
  // Several nodes may start at once, and the first makes the tables.
  await sequelize.transaction(async (transaction) => {
    await sequelize.query("SELECT pg_advisory_xact_lock(1)", { transaction });
    const [[found]] = await sequelize.query("SELECT to_regclass('messages') AS name", {
      transaction,
    });
    if ((found as { name: string | null }).name === null) await sequelize.sync();
  });
  return { AccessToken, Agent, Message };
}
