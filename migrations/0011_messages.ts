import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TABLE messages (
      id              UUID PRIMARY KEY,
      session_id      UUID NOT NULL REFERENCES sessions ON DELETE RESTRICT,
      seq             BIGINT NOT NULL,
      sender_agent_id UUID NOT NULL REFERENCES agents ON DELETE RESTRICT,
      content         TEXT NOT NULL,
      tool_call       JSONB,
      created_at      TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE UNIQUE INDEX messages_session_id_seq ON messages (session_id, seq);
    CREATE INDEX messages_sender_agent_id ON messages (sender_agent_id);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query("DROP TABLE messages;", { transaction });
}
