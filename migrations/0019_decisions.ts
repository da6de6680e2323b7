import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TYPE enum_decisions_status AS ENUM ('open', 'closed');
    CREATE TABLE decisions (
      id           UUID PRIMARY KEY,
      session_id   UUID NOT NULL REFERENCES sessions ON DELETE RESTRICT,
      run_id       UUID REFERENCES runs ON DELETE RESTRICT,
      mechanism_id UUID,
      mechanism    JSONB NOT NULL DEFAULT '{}',
      question     TEXT NOT NULL,
      options      TEXT[] NOT NULL,
      voters       UUID[] NOT NULL,
      status       enum_decisions_status NOT NULL DEFAULT 'open',
      outcome      JSONB,
      opened_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
      deadline_at  TIMESTAMPTZ,
      closed_at    TIMESTAMPTZ
    );
    CREATE INDEX decisions_session_id_id ON decisions (session_id, id);
    CREATE INDEX decisions_due ON decisions (deadline_at) WHERE status = 'open';
    CREATE INDEX decisions_run_id ON decisions (run_id);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    DROP TABLE decisions;
    DROP TYPE enum_decisions_status;
    `,
    { transaction },
  );
}
