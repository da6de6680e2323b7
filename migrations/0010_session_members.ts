import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TYPE enum_session_members_role AS ENUM ('owner', 'participant', 'observer');
    CREATE TABLE session_members (
      id         UUID PRIMARY KEY,
      session_id UUID NOT NULL REFERENCES sessions ON DELETE CASCADE,
      user_id    UUID NOT NULL REFERENCES users ON DELETE CASCADE,
      role       enum_session_members_role NOT NULL,
      joined_at  TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE UNIQUE INDEX session_members_session_id_user_id ON session_members (session_id, user_id);
    CREATE INDEX session_members_user_id ON session_members (user_id);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    DROP TABLE session_members;
    DROP TYPE enum_session_members_role;
    `,
    { transaction },
  );
}
