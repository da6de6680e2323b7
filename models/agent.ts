import {
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type NonAttribute,
  type Sequelize,
} from "sequelize";
import type { AgentTool } from "./agent_tool.ts";
import { id, type Json, json, oneOf, reference, text, time } from "./columns.ts";
import { ownOrShared, type Visibility, visibilities } from "./visibility.ts";

export const agentTypes = ["user_proxy", "assistant", "custom"] as const;
export type AgentType = (typeof agentTypes)[number];

/** A participant that speaks: an AI agent, a bot, or (user_proxy) a person's voice. */
export class Agent extends Model<InferAttributes<Agent>, InferCreationAttributes<Agent>> {
  declare id: CreationOptional<string>;
  declare name: string;
  declare type: AgentType;
  declare role: CreationOptional<string>;
  declare config: CreationOptional<Json>;
  declare owner_id: string;
  declare visibility: CreationOptional<Visibility>;
  declare created_at: CreationOptional<Date>;
  declare updated_at: CreationOptional<Date>;

  declare agent_tools?: NonAttribute<AgentTool[]>;

  static initIn(sequelize: Sequelize): void {
    Agent.init(
      {
        id: id(),
        name: text(),
        type: oneOf(agentTypes),
        role: text(""),
        config: json(),
        owner_id: reference("users", "RESTRICT"),
        visibility: oneOf(visibilities, "private"),
        created_at: time(),
        updated_at: time(),
      },
      {
        sequelize,
        tableName: "agents",
        createdAt: "created_at",
        updatedAt: "updated_at",
        indexes: [{ fields: ["owner_id"] }],
        scopes: { visibleTo: ownOrShared("owner_id", "SELECT :agent_id") },
      },
    );
  }
}
