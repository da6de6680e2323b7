import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from "sequelize";
import { id, oneOf, reference, time } from "./columns.ts";

export const turnStatuses = ["open", "answered", "passed", "timed_out", "cancelled"] as const;
export type TurnStatus = (typeof turnStatuses)[number];

export const turnPurposes = ["speak", "ballot"] as const;
export type TurnPurpose = (typeof turnPurposes)[number];

/** The right, and the duty, of one agent to speak in a run, or to vote in a decision. */
export class Turn extends Model<InferAttributes<Turn>, InferCreationAttributes<Turn>> {
  declare id: CreationOptional<string>;
  declare session_id: string;
  declare run_id: CreationOptional<string | null>;
  declare decision_id: CreationOptional<string | null>;
  declare agent_id: string;
  declare purpose: CreationOptional<TurnPurpose>;
  declare round: CreationOptional<number>;
  declare task: CreationOptional<string | null>;
  declare status: CreationOptional<TurnStatus>;
  declare message_id: CreationOptional<string | null>;
  declare opened_at: CreationOptional<Date>;
  declare deadline_at: CreationOptional<Date | null>;
  declare closed_at: CreationOptional<Date | null>;

  static initIn(sequelize: Sequelize): void {
    Turn.init(
      {
        id: id(),
        session_id: reference("sessions", "RESTRICT"),
        run_id: reference("runs", "RESTRICT", { allowNull: true }),
        decision_id: reference("decisions", "RESTRICT", { allowNull: true }),
        agent_id: reference("agents", "RESTRICT"),
        purpose: oneOf(turnPurposes, "speak"),
        round: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 1 },
        task: DataTypes.TEXT,
        status: oneOf(turnStatuses, "open"),
        message_id: reference("messages", "RESTRICT", { allowNull: true }),
        opened_at: time(),
        deadline_at: DataTypes.DATE,
        closed_at: DataTypes.DATE,
      },
      {
        sequelize,
        tableName: "turns",
        createdAt: "opened_at",
        updatedAt: false,
        indexes: [
          { fields: ["session_id", "id"] },
          { fields: ["run_id"] },
          { fields: ["agent_id"] },
          { name: "turns_waiting", fields: ["agent_id"], where: { status: "open" } },
          { name: "turns_due", fields: ["deadline_at"], where: { status: "open" } },
          // An agent has one open turn of a purpose at a time.
          {
            name: "turns_open",
            unique: true,
            fields: ["session_id", "agent_id", "purpose", "decision_id"],
            where: { status: "open" },
          },
        ],
      },
    );
  }
}
