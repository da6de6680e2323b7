import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE TABLE agent_tools (
      id              UUID PRIMARY KEY,
      agent_id        UUID NOT NULL REFERENCES agents ON DELETE CASCADE,
      tool_id         UUID NOT NULL REFERENCES tools ON DELETE CASCADE,
      enabled         BOOLEAN NOT NULL DEFAULT true,
      config_override JSONB,
      attached_at     TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE UNIQUE INDEX agent_tools_agent_id_tool_id ON agent_tools (agent_id, tool_id);
    CREATE INDEX agent_tools_tool_id ON agent_tools (tool_id);
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query("DROP TABLE agent_tools;", { transaction });
}
