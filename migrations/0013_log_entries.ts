import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TYPE enum_log_entries_type AS ENUM
      ('info', 'warning', 'error', 'action', 'decision', 'cost', 'token_usage');
    CREATE TABLE log_entries (
      id         UUID PRIMARY KEY,
      session_id UUID NOT NULL REFERENCES sessions ON DELETE RESTRICT,
      seq        BIGINT NOT NULL,
      agent_id   UUID REFERENCES agents ON DELETE RESTRICT,
      team_id    UUID REFERENCES teams ON DELETE RESTRICT,
      user_id    UUID REFERENCES users ON DELETE RESTRICT,
      type       enum_log_entries_type NOT NULL,
      message    TEXT NOT NULL,
      data       JSONB NOT NULL DEFAULT '{}',
      created_at TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE UNIQUE INDEX log_entries_session_id_seq ON log_entries (session_id, seq);
    CREATE INDEX log_entries_agent_id ON log_entries (agent_id);
    CREATE INDEX log_entries_team_id ON log_entries (team_id);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    DROP TABLE log_entries;
    DROP TYPE enum_log_entries_type;
    `,
    { transaction },
  );
}
