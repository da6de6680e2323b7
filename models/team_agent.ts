import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type NonAttribute,
  type Sequelize,
} from "sequelize";
import type { Agent } from "./agent.ts";
import { id, reference, text, time } from "./columns.ts";
import type { Team } from "./team.ts";

/** An agent's place in a team. An `observer` listens only; other roles are the team's own words. */
export class TeamAgent extends Model<
  InferAttributes<TeamAgent>,
  InferCreationAttributes<TeamAgent>
> {
  declare id: CreationOptional<string>;
  declare team_id: string;
  declare agent_id: string;
  declare role_in_team: CreationOptional<string>;
  declare position: CreationOptional<number>;
  declare joined_at: CreationOptional<Date>;

  declare team?: NonAttribute<Team>;
  declare agent?: NonAttribute<Agent>;

  static initIn(sequelize: Sequelize): void {
    TeamAgent.init(
      {
        id: id(),
        team_id: reference("teams", "CASCADE"),
        agent_id: reference("agents", "CASCADE"),
        role_in_team: text("member"),
        position: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
        joined_at: time(),
      },
      {
        sequelize,
        tableName: "team_agents",
        createdAt: "joined_at",
        updatedAt: false,
        indexes: [{ unique: true, fields: ["team_id", "agent_id"] }, { fields: ["agent_id"] }],
      },
    );
  }
}
