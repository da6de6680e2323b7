import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type NonAttribute,
  type Sequelize,
} from "sequelize";
import { id, type Json, reference, time } from "./columns.ts";
import type { Tool } from "./tool.ts";

/** A tool attached to an agent: switched on or off there, its config overridden there. */
export class AgentTool extends Model<
  InferAttributes<AgentTool>,
  InferCreationAttributes<AgentTool>
> {
  declare id: CreationOptional<string>;
  declare agent_id: string;
  declare tool_id: string;
  declare enabled: CreationOptional<boolean>;
  declare config_override: CreationOptional<Json | null>;
  declare attached_at: CreationOptional<Date>;

  declare tool?: NonAttribute<Tool>;

  static initIn(sequelize: Sequelize): void {
    AgentTool.init(
      {
        id: id(),
        agent_id: reference("agents", "CASCADE"),
        tool_id: reference("tools", "CASCADE"),
        enabled: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: true },
        config_override: DataTypes.JSONB,
        attached_at: time(),
      },
      {
        sequelize,
        tableName: "agent_tools",
        createdAt: "attached_at",
        updatedAt: false,
        indexes: [{ unique: true, fields: ["agent_id", "tool_id"] }, { fields: ["tool_id"] }],
      },
    );
  }
}
