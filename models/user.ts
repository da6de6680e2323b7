import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from "sequelize";
import { id, text, time } from "./columns.ts";

/** A person. What they say in a room, they say through an agent of theirs. */
export class User extends Model<InferAttributes<User>, InferCreationAttributes<User>> {
  declare id: CreationOptional<string>;
  declare email: string;
  declare name: string;
  declare avatar_url: CreationOptional<string | null>;
  declare is_admin: CreationOptional<boolean>;
  declare created_at: CreationOptional<Date>;
  declare updated_at: CreationOptional<Date>;

  static initIn(sequelize: Sequelize): void {
    User.init(
      {
        id: id(),
        email: text(),
        name: text(),
        avatar_url: DataTypes.TEXT,
        is_admin: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
        created_at: time(),
        updated_at: time(),
      },
      {
        sequelize,
        tableName: "users",
        createdAt: "created_at",
        updatedAt: "updated_at",
        indexes: [{ unique: true, fields: ["email"] }],
      },
    );
  }
}
