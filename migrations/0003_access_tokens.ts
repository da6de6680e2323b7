import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

// Only the SHA-256 of a token is kept (hex): a stolen table opens no door.
export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TYPE enum_access_tokens_scope AS ENUM ('read', 'write', 'full');
    CREATE TABLE access_tokens (
      id         UUID PRIMARY KEY,
      user_id    UUID NOT NULL REFERENCES users ON DELETE CASCADE,
      agent_id   UUID REFERENCES agents ON DELETE CASCADE,
      name       TEXT NOT NULL,
      token_hash TEXT NOT NULL,
      scope      enum_access_tokens_scope NOT NULL,
      expires_at TIMESTAMPTZ,
      revoked_at TIMESTAMPTZ,
      created_at TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE UNIQUE INDEX access_tokens_token_hash ON access_tokens (token_hash);
    CREATE INDEX access_tokens_user_id ON access_tokens (user_id);
    CREATE INDEX access_tokens_agent_id ON access_tokens (agent_id);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    DROP TABLE access_tokens;
    DROP TYPE enum_access_tokens_scope;
    `,
    { transaction },
  );
}
