import {
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from "sequelize";
import { id, type Json, json, oneOf, reference, text, time } from "./columns.ts";
import { ownOrShared, type Visibility, visibilities } from "./visibility.ts";

export const toolTypes = ["api", "function", "plugin", "custom"] as const;
export type ToolType = (typeof toolTypes)[number];

/** Something an agent can use; attached to agents, teams and sessions. */
export class Tool extends Model<InferAttributes<Tool>, InferCreationAttributes<Tool>> {
  declare id: CreationOptional<string>;
  declare name: string;
  declare description: CreationOptional<string>;
  declare type: ToolType;
  declare config: CreationOptional<Json>;
  declare created_by: string;
  declare visibility: CreationOptional<Visibility>;
  declare created_at: CreationOptional<Date>;

  static initIn(sequelize: Sequelize): void {
    Tool.init(
      {
        id: id(),
        name: text(),
        description: text(""),
        type: oneOf(toolTypes),
        config: json(),
        created_by: reference("users", "RESTRICT"),
        visibility: oneOf(visibilities, "private"),
        created_at: time(),
      },
      {
        sequelize,
        tableName: "tools",
        createdAt: "created_at",
        updatedAt: false,
        indexes: [{ fields: ["created_by"] }],
        scopes: {
          visibleTo: ownOrShared(
            "created_by",
            `SELECT tool_id FROM agent_tools WHERE agent_id = :agent_id
              UNION ALL SELECT tool_id FROM team_tools JOIN team_agents USING (team_id)
              WHERE agent_id = :agent_id`,
          ),
        },
      },
    );
  }
}
