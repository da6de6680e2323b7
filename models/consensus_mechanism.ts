import {
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from "sequelize";
import { id, type Json, json, oneOf, reference, time } from "./columns.ts";

export const consensusMechanismTypes = [
  "autocratic",
  "democratic",
  "game_theory",
  "custom",
] as const;
export type ConsensusMechanismType = (typeof consensusMechanismTypes)[number];

/** How a team settles a decision. */
export class ConsensusMechanism extends Model<
  InferAttributes<ConsensusMechanism>,
  InferCreationAttributes<ConsensusMechanism>
> {
  declare id: CreationOptional<string>;
  declare type: ConsensusMechanismType;
  declare config: CreationOptional<Json>;
  declare team_id: string;
  declare created_by: string;
  declare created_at: CreationOptional<Date>;

  static initIn(sequelize: Sequelize): void {
    ConsensusMechanism.init(
      {
        id: id(),
        type: oneOf(consensusMechanismTypes),
        config: json(),
        team_id: reference("teams", "CASCADE"),
        created_by: reference("users", "RESTRICT"),
        created_at: time(),
      },
      {
        sequelize,
        tableName: "consensus_mechanisms",
        createdAt: "created_at",
        updatedAt: false,
        indexes: [{ fields: ["team_id"] }],
      },
    );
  }
}
