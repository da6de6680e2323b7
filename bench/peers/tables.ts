import pg from "pg";
import { DataTypes, type Model, Sequelize } from "sequelize";

pg.types.setTypeParser(pg.types.builtins.INT8, Number);

type Row = Model & Record<string, string>;

/**
 * Connects to the database of DATABASE_URL and makes the tables that the peers with storage share.
 * @param cursor the column by which a client says how far it has read
 */
export async function openTables(cursor: "id" | "seq") {
  const sequelize = new Sequelize(process.env.DATABASE_URL!, {
    dialect: "postgres",
    dialectModule: pg,
    logging: false,
    pool: { max: 10, min: 1, idle: 30_000 },
  });
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
