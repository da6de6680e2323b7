import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TYPE enum_sessions_status AS ENUM ('active', 'completed', 'archived');
    CREATE TABLE sessions (
      id         UUID PRIMARY KEY,
      title      TEXT NOT NULL,
      team_id    UUID REFERENCES teams ON DELETE RESTRICT,
      agent_ids  UUID[],
      tool_ids   UUID[],
      status     enum_sessions_status NOT NULL DEFAULT 'active',
      head_seq   BIGINT NOT NULL DEFAULT 0,
      created_by UUID NOT NULL REFERENCES users ON DELETE RESTRICT,
      created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
      updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE INDEX sessions_team_id ON sessions (team_id);
    CREATE INDEX sessions_agent_ids ON sessions USING gin (agent_ids);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    DROP TABLE sessions;
    DROP TYPE enum_sessions_status;
    `,
    { transaction },
  );
}
