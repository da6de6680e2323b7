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
import { id, oneOf, reference, text, time } from "./columns.ts";
import type { User } from "./user.ts";

export const tokenScopes = ["read", "write", "full"] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** What a client proves itself with; bound to an agent, it is a bot's. Only the SHA-256 is kept. */
export class AccessToken extends Model<
  InferAttributes<AccessToken>,
  InferCreationAttributes<AccessToken>
> {
  declare id: CreationOptional<string>;
  declare user_id: string;
  declare agent_id: CreationOptional<string | null>;
  declare name: string;
  declare token_hash: string;
  declare scope: TokenScope;
  declare expires_at: CreationOptional<Date | null>;
  declare revoked_at: CreationOptional<Date | null>;
  declare created_at: CreationOptional<Date>;

  declare user?: NonAttribute<User>;
  declare agent?: NonAttribute<Agent | null>;

  static initIn(sequelize: Sequelize): void {
    AccessToken.init(
      {
        id: id(),
        user_id: reference("users", "CASCADE"),
        agent_id: reference("agents", "CASCADE", { allowNull: true }),
        name: text(),
        token_hash: text(),
        scope: oneOf(tokenScopes),
        expires_at: DataTypes.DATE,
        revoked_at: DataTypes.DATE,
        created_at: time(),
      },
      {
        sequelize,
        tableName: "access_tokens",
        createdAt: "created_at",
        updatedAt: false,
        indexes: [
          { unique: true, fields: ["token_hash"] },
          { fields: ["user_id"] },
          { fields: ["agent_id"] },
        ],
      },
    );
  }
}
