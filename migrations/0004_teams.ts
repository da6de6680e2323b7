import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TYPE enum_teams_type AS ENUM ('round_robin', 'hierarchical', 'broadcast', 'custom');
    CREATE TYPE enum_teams_termination_condition_type AS ENUM
      ('text_mention', 'max_turns', 'timeout', 'custom');
    CREATE TYPE enum_teams_visibility AS ENUM ('private', 'instance');
    CREATE TABLE teams (
      id          UUID PRIMARY KEY,
      name        TEXT NOT NULL,
      description TEXT NOT NULL DEFAULT '',
      owner_id    UUID NOT NULL REFERENCES users ON DELETE RESTRICT,
      type        enum_teams_type NOT NULL,
      termination_condition_type   enum_teams_termination_condition_type,
      termination_condition_config JSONB,
      config      JSONB NOT NULL DEFAULT '{}',
      visibility  enum_teams_visibility NOT NULL DEFAULT 'private',
      created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
      updated_at  TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE INDEX teams_owner_id ON teams (owner_id);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    DROP TABLE teams;
    DROP TYPE enum_teams_visibility;
    DROP TYPE enum_teams_termination_condition_type;
    DROP TYPE enum_teams_type;
    `,
    { transaction },
  );
}
