import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TABLE comments (
      id         UUID PRIMARY KEY,
      session_id UUID NOT NULL REFERENCES sessions ON DELETE RESTRICT,
      seq        BIGINT NOT NULL,
      user_id    UUID NOT NULL REFERENCES users ON DELETE RESTRICT,
      content    TEXT NOT NULL,
      created_at TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE UNIQUE INDEX comments_session_id_seq ON comments (session_id, seq);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query("DROP TABLE comments;", { transaction });
}
