import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from "sequelize";
import { id, type Json, json, oneOf, reference, time } from "./columns.ts";

export const runStatuses = ["active", "paused", "stopped"] as const;
export type RunStatus = (typeof runStatuses)[number];

/** What a prompt set off in a team session. `state` is what orchestration carries from turn to turn. */
export class Run extends Model<InferAttributes<Run>, InferCreationAttributes<Run>> {
  declare id: CreationOptional<string>;
  declare session_id: string;
  declare prompt_id: string;
  declare status: CreationOptional<RunStatus>;
  declare plan: Json;
  declare state: CreationOptional<Json>;
  declare stop: CreationOptional<Json | null>;
  declare started_at: CreationOptional<Date>;
  declare deadline_at: CreationOptional<Date | null>;
  declare stopped_at: CreationOptional<Date | null>;

  static initIn(sequelize: Sequelize): void {
    Run.init(
      {
        id: id(),
        session_id: reference("sessions", "RESTRICT"),
        prompt_id: reference("prompts", "RESTRICT"),
        status: oneOf(runStatuses, "active"),
        plan: json(),
        state: json(),
        stop: DataTypes.JSONB,
        started_at: time(),
        deadline_at: DataTypes.DATE,
        stopped_at: DataTypes.DATE,
      },
      {
        sequelize,
        tableName: "runs",
        createdAt: "started_at",
        updatedAt: false,
        indexes: [
          { fields: ["session_id", "id"] },
          { name: "runs_due", fields: ["deadline_at"], where: { status: "active" } },
          { name: "runs_open", fields: ["id"], where: { stopped_at: null } },
        ],
        scopes: { shown: { attributes: { exclude: ["state"] } } },
      },
    );
  }
}
