import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

// A tool is deleted only if no session lists it, and an agent only if no run that is under way counts on it.
export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE INDEX sessions_tool_ids ON sessions USING gin (tool_ids);
    CREATE INDEX runs_open ON runs (id) WHERE stopped_at IS NULL;
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query("DROP INDEX runs_open, sessions_tool_ids;", { transaction });
}
