import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

// The partial index is for the look for what is due, and reads nothing of what has stopped.
export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TYPE enum_runs_status AS ENUM ('active', 'paused', 'stopped');
    CREATE TABLE runs (
      id         UUID PRIMARY KEY,
      session_id UUID NOT NULL REFERENCES sessions ON DELETE RESTRICT,
      prompt_id  UUID NOT NULL REFERENCES prompts ON DELETE RESTRICT,
      status     enum_runs_status NOT NULL DEFAULT 'active',
      plan       JSONB NOT NULL DEFAULT '{}',
      state      JSONB NOT NULL DEFAULT '{}',
      stop       JSONB,
      started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
      deadline_at TIMESTAMPTZ,
      stopped_at TIMESTAMPTZ
    );
    CREATE INDEX runs_session_id_id ON runs (session_id, id);
    CREATE INDEX runs_due ON runs (deadline_at) WHERE status = 'active';
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    DROP TABLE runs;
    DROP TYPE enum_runs_status;
    `,
    { transaction },
  );
}
