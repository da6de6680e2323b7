import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type NonAttribute,
  type Sequelize,
} from "sequelize";
import { id, type Json, json, oneOf, reference, text, time } from "./columns.ts";
import type { ConsensusMechanism } from "./consensus_mechanism.ts";
import type { TeamAgent } from "./team_agent.ts";
import type { TeamTool } from "./team_tool.ts";
import { ownOrShared, type Visibility, visibilities } from "./visibility.ts";

export const teamTypes = ["round_robin", "hierarchical", "broadcast", "custom"] as const;
export type TeamType = (typeof teamTypes)[number];

export const terminationConditionTypes = [
  "text_mention",
  "max_turns",
  "timeout",
  "custom",
] as const;
export type TerminationConditionType = (typeof terminationConditionTypes)[number];

/** Agents that work together, and the rule by which they take turns and stop. */
export class Team extends Model<InferAttributes<Team>, InferCreationAttributes<Team>> {
  declare id: CreationOptional<string>;
  declare name: string;
  declare description: CreationOptional<string>;
  declare owner_id: string;
  declare type: TeamType;
  declare termination_condition_type: CreationOptional<TerminationConditionType | null>;
  declare termination_condition_config: CreationOptional<Json | null>;
  declare config: CreationOptional<Json>;
  declare visibility: CreationOptional<Visibility>;
  declare created_at: CreationOptional<Date>;
  declare updated_at: CreationOptional<Date>;

  declare team_agents?: NonAttribute<TeamAgent[]>;
  declare team_tools?: NonAttribute<TeamTool[]>;
  declare mechanisms?: NonAttribute<ConsensusMechanism[]>;

  static initIn(sequelize: Sequelize): void {
    Team.init(
      {
        id: id(),
        name: text(),
        description: text(""),
        owner_id: reference("users", "RESTRICT"),
        type: oneOf(teamTypes),
        termination_condition_type: DataTypes.ENUM(...terminationConditionTypes),
        termination_condition_config: DataTypes.JSONB,
        config: json(),
        visibility: oneOf(visibilities, "private"),
        created_at: time(),
        updated_at: time(),
      },
      {
        sequelize,
        tableName: "teams",
        createdAt: "created_at",
        updatedAt: "updated_at",
        indexes: [{ fields: ["owner_id"] }],
        scopes: {
          visibleTo: ownOrShared(
            "owner_id",
            "SELECT team_id FROM team_agents WHERE agent_id = :agent_id",
          ),
        },
      },
    );
  }
}
