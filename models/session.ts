import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  literal,
  Model,
  type NonAttribute,
  Op,
  type Sequelize,
  type WhereOptions,
} from "sequelize";
import { id, oneOf, reference, seq, text, time } from "./columns.ts";
import type { SessionMember } from "./session_member.ts";
import type { Team } from "./team.ts";
import type { Identity } from "./visibility.ts";

export const sessionStatuses = ["active", "completed", "archived"] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

/** One collaboration room. `head_seq` is the number of its newest entry, 0 while it has none. */
export class Session extends Model<InferAttributes<Session>, InferCreationAttributes<Session>> {
  declare id: CreationOptional<string>;
  declare title: string;
  declare team_id: CreationOptional<string | null>;
  declare agent_ids: CreationOptional<string[] | null>;
  declare tool_ids: CreationOptional<string[] | null>;
  declare status: CreationOptional<SessionStatus>;
  declare head_seq: CreationOptional<number>;
  declare created_by: string;
  declare created_at: CreationOptional<Date>;
  declare updated_at: CreationOptional<Date>;

  declare team?: NonAttribute<Team | null>;
  declare members?: NonAttribute<SessionMember[]>;

  static initIn(sequelize: Sequelize): void {
    Session.init(
      {
        id: id(),
        title: text(),
        team_id: reference("teams", "RESTRICT", { allowNull: true }),
        agent_ids: DataTypes.ARRAY(DataTypes.UUID),
        tool_ids: DataTypes.ARRAY(DataTypes.UUID),
        status: oneOf(sessionStatuses, "active"),
        head_seq: { ...seq(), defaultValue: 0 },
        created_by: reference("users", "RESTRICT"),
        created_at: time(),
        updated_at: time(),
      },
      {
        sequelize,
        tableName: "sessions",
        createdAt: "created_at",
        updatedAt: "updated_at",
        indexes: [
          { fields: ["team_id"] },
          { fields: ["agent_ids"], using: "gin" },
          { fields: ["tool_ids"], using: "gin" },
        ],
        scopes: { visibleTo },
      },
    );
  }
}

// A bot enters the rooms of its own agent only, whatever else its owner may enter.
function visibleTo({ user_id, agent_id }: Identity): { where: WhereOptions } {
  const [column, value] = agent_id === null ? ["user_id", user_id] : ["agent_id", agent_id];
  const sessions = `SELECT session_id FROM session_access WHERE ${column} = ${Session.sequelize!.escape(value)}`;
  return { where: { id: { [Op.in]: literal(`(${sessions})`) } } };
}
