import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

// A mechanism is a part of its team's configuration, so it goes with the team.
export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TYPE enum_consensus_mechanisms_type AS ENUM
      ('autocratic', 'democratic', 'game_theory', 'custom');
    CREATE TABLE consensus_mechanisms (
      id         UUID PRIMARY KEY,
      type       enum_consensus_mechanisms_type NOT NULL,
      config     JSONB NOT NULL DEFAULT '{}',
      team_id    UUID NOT NULL REFERENCES teams ON DELETE CASCADE,
      created_by UUID NOT NULL REFERENCES users ON DELETE RESTRICT,
      created_at TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE INDEX consensus_mechanisms_team_id ON consensus_mechanisms (team_id);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    DROP TABLE consensus_mechanisms;
    DROP TYPE enum_consensus_mechanisms_type;
    `,
    { transaction },
  );
}
