import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TABLE team_agents (
      id           UUID PRIMARY KEY,
      team_id      UUID NOT NULL REFERENCES teams ON DELETE CASCADE,
      agent_id     UUID NOT NULL REFERENCES agents ON DELETE CASCADE,
      role_in_team TEXT NOT NULL DEFAULT 'member',
      position     INTEGER NOT NULL DEFAULT 0,
      joined_at    TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE UNIQUE INDEX team_agents_team_id_agent_id ON team_agents (team_id, agent_id);
    CREATE INDEX team_agents_agent_id ON team_agents (agent_id);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query("DROP TABLE team_agents;", { transaction });
}
