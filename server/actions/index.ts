import { accessTokenActions } from "./access_token.ts";
import type { Actions } from "./action.ts";
import { agentActions } from "./agent.ts";
import { agentToolActions } from "./agent_tool.ts";
import { commentActions } from "./comment.ts";
import { consensusMechanismActions } from "./consensus_mechanism.ts";
import { decisionActions } from "./decision.ts";
import { entryActions } from "./entry.ts";
import { logEntryActions } from "./log_entry.ts";
import { messageActions } from "./message.ts";
import { promptActions } from "./prompt.ts";
import { rosterActions } from "./roster.ts";
import { runActions } from "./run.ts";
import { sessionActions } from "./session.ts";
import { sessionMemberActions } from "./session_member.ts";
import { teamActions } from "./team.ts";
import { teamAgentActions } from "./team_agent.ts";
import { teamToolActions } from "./team_tool.ts";
import { toolActions } from "./tool.ts";
import { turnActions } from "./turn.ts";
import { userActions } from "./user.ts";

/** What happens for every command, by its name. */
export const actions = {
  ...userActions,
  ...accessTokenActions,
  ...agentActions,
  ...agentToolActions,
  ...teamActions,
  ...teamAgentActions,
  ...teamToolActions,
  ...toolActions,
  ...consensusMechanismActions,
  ...sessionActions,
  ...sessionMemberActions,
  ...rosterActions,
  ...messageActions,
  ...promptActions,
  ...commentActions,
  ...logEntryActions,
  ...entryActions,
  ...runActions,
  ...turnActions,
  ...decisionActions,
} satisfies Actions;
