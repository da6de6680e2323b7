import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from "sequelize";
import { id, type Json, reference, seq, text, time } from "./columns.ts";

/** An entry: what an agent said, with the tool call it made, if any. */
export class Message extends Model<InferAttributes<Message>, InferCreationAttributes<Message>> {
  declare id: CreationOptional<string>;
  declare session_id: string;
  declare seq: number;
  declare sender_agent_id: string;
  declare content: string;
  declare tool_call: CreationOptional<Json | null>;
  declare created_at: CreationOptional<Date>;

  static initIn(sequelize: Sequelize): void {
    Message.init(
      {
        id: id(),
        session_id: reference("sessions", "RESTRICT"),
        seq: seq(),
        sender_agent_id: reference("agents", "RESTRICT"),
        content: text(),
        tool_call: DataTypes.JSONB,
        created_at: time(),
      },
      {
        sequelize,
        tableName: "messages",
        createdAt: "created_at",
        updatedAt: false,
        indexes: [
          { unique: true, fields: ["session_id", "seq"] },
          { fields: ["sender_agent_id", "session_id"] },
        ],
      },
    );
  }
}
