import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

// By these it is known at once whether a stream of any length names somebody, and what waits for an
// agent. Those that begin with a column which had an index of its own take its place.
export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    DROP INDEX messages_sender_agent_id;
    CREATE INDEX messages_sender_agent_id_session_id ON messages (sender_agent_id, session_id);
    DROP INDEX log_entries_agent_id;
    CREATE INDEX log_entries_agent_id_session_id ON log_entries (agent_id, session_id);
    CREATE INDEX log_entries_named_users ON log_entries (user_id, session_id) WHERE user_id IS NOT NULL;
    CREATE INDEX prompts_created_by_session_id ON prompts (created_by, session_id);
    CREATE INDEX comments_user_id_session_id ON comments (user_id, session_id);
    CREATE INDEX turns_waiting ON turns (agent_id) WHERE status = 'open';
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    DROP INDEX messages_sender_agent_id_session_id;
    CREATE INDEX messages_sender_agent_id ON messages (sender_agent_id);
    DROP INDEX log_entries_agent_id_session_id;
    CREATE INDEX log_entries_agent_id ON log_entries (agent_id);
    DROP INDEX log_entries_named_users;
    DROP INDEX prompts_created_by_session_id;
    DROP INDEX comments_user_id_session_id;
    DROP INDEX turns_waiting;
    `,
    { transaction },
  );
}
