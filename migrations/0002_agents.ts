import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TYPE enum_agents_type AS ENUM ('user_proxy', 'assistant', 'custom');
    CREATE TYPE enum_agents_visibility AS ENUM ('private', 'instance');
    CREATE TABLE agents (
      id         UUID PRIMARY KEY,
      name       TEXT NOT NULL,
      type       enum_agents_type NOT NULL,
      role       TEXT NOT NULL DEFAULT '',
      config     JSONB NOT NULL DEFAULT '{}',
      owner_id   UUID NOT NULL REFERENCES users ON DELETE RESTRICT,
      visibility enum_agents_visibility NOT NULL DEFAULT 'private',
      created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
      updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE INDEX agents_owner_id ON agents (owner_id);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    DROP TABLE agents;
    DROP TYPE enum_agents_visibility;
    DROP TYPE enum_agents_type;
    `,
    { transaction },
  );
}
