import {
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from "sequelize";
import { id, reference, seq, text, time } from "./columns.ts";

/** An entry: what a person remarked to the others. */
export class Comment extends Model<InferAttributes<Comment>, InferCreationAttributes<Comment>> {
  declare id: CreationOptional<string>;
  declare session_id: string;
  declare seq: number;
  declare user_id: string;
  declare content: string;
  declare created_at: CreationOptional<Date>;

  static initIn(sequelize: Sequelize): void {
    Comment.init(
      {
        id: id(),
        session_id: reference("sessions", "RESTRICT"),
        seq: seq(),
        user_id: reference("users", "RESTRICT"),
        content: text(),
        created_at: time(),
      },
      {
        sequelize,
        tableName: "comments",
        createdAt: "created_at",
        updatedAt: false,
        indexes: [
          { unique: true, fields: ["session_id", "seq"] },
          { fields: ["user_id", "session_id"] },
        ],
      },
    );
  }
}
