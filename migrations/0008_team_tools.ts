import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TABLE team_tools (
      id              UUID PRIMARY KEY,
      team_id         UUID NOT NULL REFERENCES teams ON DELETE CASCADE,
      tool_id         UUID NOT NULL REFERENCES tools ON DELETE CASCADE,
      enabled         BOOLEAN NOT NULL DEFAULT true,
      config_override JSONB,
      attached_at     TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE UNIQUE INDEX team_tools_team_id_tool_id ON team_tools (team_id, tool_id);
    CREATE INDEX team_tools_tool_id ON team_tools (tool_id);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query("DROP TABLE team_tools;", { transaction });
}
