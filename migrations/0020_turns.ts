import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

// An agent has one open turn of a purpose at a time: PostgreSQL itself refuses a second one.
export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TYPE enum_turns_purpose AS ENUM ('speak', 'ballot');
    CREATE TYPE enum_turns_status AS ENUM ('open', 'answered', 'passed', 'timed_out', 'cancelled');
    CREATE TABLE turns (
      id          UUID PRIMARY KEY,
      session_id  UUID NOT NULL REFERENCES sessions ON DELETE RESTRICT,
      run_id      UUID REFERENCES runs ON DELETE RESTRICT,
      decision_id UUID REFERENCES decisions ON DELETE RESTRICT,
      agent_id    UUID NOT NULL REFERENCES agents ON DELETE RESTRICT,
      purpose     enum_turns_purpose NOT NULL DEFAULT 'speak',
      round       INTEGER NOT NULL DEFAULT 1,
      task        TEXT,
      status      enum_turns_status NOT NULL DEFAULT 'open',
      message_id  UUID REFERENCES messages ON DELETE RESTRICT,
      opened_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
      deadline_at TIMESTAMPTZ,
      closed_at   TIMESTAMPTZ
    );
    CREATE INDEX turns_session_id_id ON turns (session_id, id);
    CREATE INDEX turns_run_id ON turns (run_id);
    CREATE INDEX turns_agent_id ON turns (agent_id);
    CREATE INDEX turns_due ON turns (deadline_at) WHERE status = 'open';
    CREATE UNIQUE INDEX turns_open ON turns (session_id, agent_id, purpose, decision_id)
      NULLS NOT DISTINCT WHERE status = 'open';
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    DROP TABLE turns;
    DROP TYPE enum_turns_status;
    DROP TYPE enum_turns_purpose;
    `,
    { transaction },
  );
}
