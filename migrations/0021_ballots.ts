import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TABLE ballots (
      id          UUID PRIMARY KEY,
      decision_id UUID NOT NULL REFERENCES decisions ON DELETE RESTRICT,
      agent_id    UUID NOT NULL REFERENCES agents ON DELETE RESTRICT,
      choice      JSONB NOT NULL,
      cast_at     TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE UNIQUE INDEX ballots_decision_id_agent_id ON ballots (decision_id, agent_id);
    CREATE INDEX ballots_agent_id ON ballots (agent_id);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    DROP TABLE ballots;
    `,
    { transaction },
  );
}
