import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TYPE enum_tools_type AS ENUM ('api', 'function', 'plugin', 'custom');
    CREATE TYPE enum_tools_visibility AS ENUM ('private', 'instance');
    CREATE TABLE tools (
      id          UUID PRIMARY KEY,
      name        TEXT NOT NULL,
      description TEXT NOT NULL DEFAULT '',
      type        enum_tools_type NOT NULL,
      config      JSONB NOT NULL DEFAULT '{}',
      created_by  UUID NOT NULL REFERENCES users ON DELETE RESTRICT,
      visibility  enum_tools_visibility NOT NULL DEFAULT 'private',
      created_at  TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE INDEX tools_created_by ON tools (created_by);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    DROP TABLE tools;
    DROP TYPE enum_tools_visibility;
    DROP TYPE enum_tools_type;
    `,
    { transaction },
  );
}
