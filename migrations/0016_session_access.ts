import type { QueryInterface, Transaction } from "sequelize";

type Parameters = { context: QueryInterface; transaction: Transaction };

// The one place that says who may enter a session: its members, and the owners of its agents (those
// named in agent_ids and those of its team) through the agent. A person may have several rows.
// The join on agent_ids is said twice, in two forms that mean the same: with `= ANY` the planner can go
// from a session to its agents by primary key, with `@>` from an agent to its sessions by the GIN index.
export async function up({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query(
    `
    CREATE VIEW session_access (session_id, user_id, agent_id, role) AS
      SELECT session_id, user_id, NULL::uuid, role::text
      FROM session_members
    UNION ALL
      SELECT sessions.id, agents.owner_id, agents.id, 'participant'::text
      FROM sessions
      JOIN agents ON agents.id = ANY (sessions.agent_ids)
                 AND sessions.agent_ids @> ARRAY[agents.id]
    UNION ALL
      SELECT sessions.id, agents.owner_id, agents.id,
             CASE team_agents.role_in_team WHEN 'observer' THEN 'observer' ELSE 'participant' END::text
      FROM sessions
      JOIN team_agents ON team_agents.team_id = sessions.team_id
      JOIN agents ON agents.id = team_agents.agent_id;
    `,
    { transaction },
  );
}

export async function down({ context, transaction }: Parameters): Promise<void> {
  await context.sequelize.query("DROP VIEW session_access;", { transaction });
}
