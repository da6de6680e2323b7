import {
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from "sequelize";
import { id, reference, seq, text, time } from "./columns.ts";

/** An entry: what a person asked of the session's agents. */
export class Prompt extends Model<InferAttributes<Prompt>, InferCreationAttributes<Prompt>> {
  declare id: CreationOptional<string>;
  declare session_id: string;
  declare seq: number;
  declare content: string;
  declare created_by: string;
  declare created_at: CreationOptional<Date>;

  static initIn(sequelize: Sequelize): void {
    Prompt.init(
      {
        id: id(),
        session_id: reference("sessions", "RESTRICT"),
        seq: seq(),
        content: text(),
        created_by: reference("users", "RESTRICT"),
        created_at: time(),
      },
      {
        sequelize,
        tableName: "prompts",
        createdAt: "created_at",
        updatedAt: false,
        indexes: [
          { unique: true, fields: ["session_id", "seq"] },
          { fields: ["created_by", "session_id"] },
        ],
      },
    );
  }
}
