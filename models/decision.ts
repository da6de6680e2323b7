import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from "sequelize";
import { id, type Json, json, oneOf, reference, text, time } from "./columns.ts";

export const decisionStatuses = ["open", "closed"] as const;
export type DecisionStatus = (typeof decisionStatuses)[number];

/** A question put to the members of a team, and how it was settled. */
export class Decision extends Model<InferAttributes<Decision>, InferCreationAttributes<Decision>> {
  declare id: CreationOptional<string>;
  declare session_id: string;
  declare run_id: CreationOptional<string | null>;
  /** No foreign key: the decision outlives the mechanism, and keeps a copy of it. */
  declare mechanism_id: CreationOptional<string | null>;
  declare mechanism: Json;
  declare question: string;
  declare options: string[];
  declare voters: string[];
  declare status: CreationOptional<DecisionStatus>;
  declare outcome: CreationOptional<Json | null>;
  declare opened_at: CreationOptional<Date>;
  declare deadline_at: CreationOptional<Date | null>;
  declare closed_at: CreationOptional<Date | null>;

  static initIn(sequelize: Sequelize): void {
    Decision.init(
      {
        id: id(),
        session_id: reference("sessions", "RESTRICT"),
        run_id: reference("runs", "RESTRICT", { allowNull: true }),
        mechanism_id: DataTypes.UUID,
        mechanism: json(),
        question: text(),
        options: { type: DataTypes.ARRAY(DataTypes.TEXT), allowNull: false },
        voters: { type: DataTypes.ARRAY(DataTypes.UUID), allowNull: false },
        status: oneOf(decisionStatuses, "open"),
        outcome: DataTypes.JSONB,
        opened_at: time(),
        deadline_at: DataTypes.DATE,
        closed_at: DataTypes.DATE,
      },
      {
        sequelize,
        tableName: "decisions",
        createdAt: "opened_at",
        updatedAt: false,
        indexes: [
          { fields: ["session_id", "id"] },
          { name: "decisions_due", fields: ["deadline_at"], where: { status: "open" } },
          { fields: ["run_id"] },
        ],
      },
    );
  }
}
