import type { Model, ModelStatic, Sequelize } from "sequelize";
import { AccessToken } from "./access_token.ts";
import { Agent } from "./agent.ts";
import { AgentTool } from "./agent_tool.ts";
import { Ballot } from "./ballot.ts";
import { Comment } from "./comment.ts";
import { ConsensusMechanism } from "./consensus_mechanism.ts";
import { Decision } from "./decision.ts";
import { LogEntry } from "./log_entry.ts";
import { Message } from "./message.ts";
import { Prompt } from "./prompt.ts";
import { Run } from "./run.ts";
import { Session } from "./session.ts";
import { SessionMember } from "./session_member.ts";
import { Team } from "./team.ts";
import { TeamAgent } from "./team_agent.ts";
import { TeamTool } from "./team_tool.ts";
import { Tool } from "./tool.ts";
import { Turn } from "./turn.ts";
import { User } from "./user.ts";

export * from "./access_token.ts";
export * from "./agent.ts";
export * from "./agent_tool.ts";
export * from "./ballot.ts";
export type { Json } from "./columns.ts";
export * from "./comment.ts";
export * from "./consensus_mechanism.ts";
export * from "./decision.ts";
export * from "./log_entry.ts";
export * from "./message.ts";
export * from "./prompt.ts";
export * from "./run.ts";
export * from "./session.ts";
export * from "./session_member.ts";
export * from "./team.ts";
export * from "./team_agent.ts";
export * from "./team_tool.ts";
export * from "./tool.ts";
export * from "./turn.ts";
export * from "./user.ts";
export { type Identity, type Visibility, visibilities } from "./visibility.ts";

/** Every model, each after those it refers to. */
export const models: readonly (ModelStatic<Model> & { initIn(sequelize: Sequelize): void })[] = [
  User,
  Agent,
  AccessToken,
  Team,
  TeamAgent,
  Tool,
  AgentTool,
  TeamTool,
  Session,
  SessionMember,
  Message,
  Prompt,
  LogEntry,
  Comment,
  ConsensusMechanism,
  Run,
  Decision,
  Turn,
  Ballot,
];

/** Binds every model, and what joins them, to this connection (and away from one bound before). */
export function initModels(sequelize: Sequelize): void {
  for (const model of models) model.initIn(sequelize);

  AccessToken.belongsTo(User, { as: "user", foreignKey: "user_id" });
  AccessToken.belongsTo(Agent, { as: "agent", foreignKey: "agent_id" });

  Agent.hasMany(AgentTool, { as: "agent_tools", foreignKey: "agent_id" });
  AgentTool.belongsTo(Tool, { as: "tool", foreignKey: "tool_id" });

  Team.hasMany(TeamAgent, { as: "team_agents", foreignKey: "team_id" });
  Team.hasMany(TeamTool, { as: "team_tools", foreignKey: "team_id" });
  Team.hasMany(ConsensusMechanism, { as: "mechanisms", foreignKey: "team_id" });
  TeamAgent.belongsTo(Team, { as: "team", foreignKey: "team_id" });
  TeamAgent.belongsTo(Agent, { as: "agent", foreignKey: "agent_id" });
  TeamTool.belongsTo(Tool, { as: "tool", foreignKey: "tool_id" });

  Session.belongsTo(Team, { as: "team", foreignKey: "team_id" });
  Session.hasMany(SessionMember, { as: "members", foreignKey: "session_id" });
  SessionMember.belongsTo(User, { as: "user", foreignKey: "user_id" });
}
