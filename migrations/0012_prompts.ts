import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TABLE prompts (
      id         UUID PRIMARY KEY,
      session_id UUID NOT NULL REFERENCES sessions ON DELETE RESTRICT,
      seq        BIGINT NOT NULL,
      content    TEXT NOT NULL,
      created_by UUID NOT NULL REFERENCES users ON DELETE RESTRICT,
      created_at TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE UNIQUE INDEX prompts_session_id_seq ON prompts (session_id, seq);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query("DROP TABLE prompts;", { transaction });
}
