import {
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type NonAttribute,
  type Sequelize,
} from "sequelize";
import { id, oneOf, reference, time } from "./columns.ts";
import type { User } from "./user.ts";

export const sessionRoles = ["owner", "participant", "observer"] as const;
export type SessionRole = (typeof sessionRoles)[number];

/** A person's own place in a session, beside what their agents give them. */
export class SessionMember extends Model<
  InferAttributes<SessionMember>,
  InferCreationAttributes<SessionMember>
> {
  declare id: CreationOptional<string>;
  declare session_id: string;
  declare user_id: string;
  declare role: SessionRole;
  declare joined_at: CreationOptional<Date>;

  declare user?: NonAttribute<User>;

  static initIn(sequelize: Sequelize): void {
    SessionMember.init(
      {
        id: id(),
        session_id: reference("sessions", "CASCADE"),
        user_id: reference("users", "CASCADE"),
        role: oneOf(sessionRoles),
        joined_at: time(),
      },
      {
        sequelize,
        tableName: "session_members",
        createdAt: "joined_at",
        updatedAt: false,
        indexes: [{ unique: true, fields: ["session_id", "user_id"] }, { fields: ["user_id"] }],
      },
    );
  }
}
