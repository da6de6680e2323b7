import {
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  Op,
  type Sequelize,
} from "sequelize";
import { id, type Json, json, oneOf, reference, seq, text, time } from "./columns.ts";

export const logEntryTypes = [
  "info",
  "warning",
  "error",
  "action",
  "decision",
  "cost",
  "token_usage",
] as const;
export type LogEntryType = (typeof logEntryTypes)[number];

/** An entry: what happened beside the words. `data.event` names an action or a decision. */
export class LogEntry extends Model<InferAttributes<LogEntry>, InferCreationAttributes<LogEntry>> {
  declare id: CreationOptional<string>;
  declare session_id: string;
  declare seq: number;
  declare agent_id: CreationOptional<string | null>;
  declare team_id: CreationOptional<string | null>;
  declare user_id: CreationOptional<string | null>;
  declare type: LogEntryType;
  declare message: string;
  declare data: CreationOptional<Json>;
  declare created_at: CreationOptional<Date>;

  static initIn(sequelize: Sequelize): void {
    LogEntry.init(
      {
        id: id(),
        session_id: reference("sessions", "RESTRICT"),
        seq: seq(),
        agent_id: reference("agents", "RESTRICT", { allowNull: true }),
        team_id: reference("teams", "RESTRICT", { allowNull: true }),
        user_id: reference("users", "RESTRICT", { allowNull: true }),
        type: oneOf(logEntryTypes),
        message: text(),
        data: json(),
        created_at: time(),
      },
      {
        sequelize,
        tableName: "log_entries",
        createdAt: "created_at",
        updatedAt: false,
        indexes: [
          { unique: true, fields: ["session_id", "seq"] },
          { fields: ["agent_id", "session_id"] },
          {
            name: "log_entries_named_users",
            fields: ["user_id", "session_id"],
            where: { user_id: { [Op.ne]: null } },
          },
          { fields: ["team_id"] },
        ],
      },
    );
  }
}
