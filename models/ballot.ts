import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from "sequelize";
import { id, reference, time } from "./columns.ts";

/** What one voter said in a decision. */
export class Ballot extends Model<InferAttributes<Ballot>, InferCreationAttributes<Ballot>> {
  declare id: CreationOptional<string>;
  declare decision_id: string;
  declare agent_id: string;
  declare choice: unknown;
  declare cast_at: CreationOptional<Date>;

  static initIn(sequelize: Sequelize): void {
    Ballot.init(
      {
        id: id(),
        decision_id: reference("decisions", "RESTRICT"),
        agent_id: reference("agents", "RESTRICT"),
        choice: { type: DataTypes.JSONB, allowNull: false },
        cast_at: time(),
      },
      {
        sequelize,
        tableName: "ballots",
        createdAt: "cast_at",
        updatedAt: false,
        indexes: [{ unique: true, fields: ["decision_id", "agent_id"] }, { fields: ["agent_id"] }],
      },
    );
  }
}
