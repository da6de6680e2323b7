import type * as z from "zod";
import * as accessToken from "./access_token.ts";
import * as agent from "./agent.ts";
import * as agentTool from "./agent_tool.ts";
import type { Command } from "./command.ts";
import * as comment from "./comment.ts";
import * as mechanism from "./consensus_mechanism.ts";
import * as decision from "./decision.ts";
import * as entry from "./entry.ts";
import * as logEntry from "./log_entry.ts";
import * as message from "./message.ts";
import * as prompt from "./prompt.ts";
import * as roster from "./roster.ts";
import * as run from "./run.ts";
import * as session from "./session.ts";
import * as sessionMember from "./session_member.ts";
import * as signal from "./signal.ts";
import * as team from "./team.ts";
import * as teamAgent from "./team_agent.ts";
import * as teamTool from "./team_tool.ts";
import * as tool from "./tool.ts";
import * as turn from "./turn.ts";
import * as user from "./user.ts";

const declared = [
  user.meGet,
  user.meUpdate,
  turn.meListTurns,
  user.userCreate,
  user.userFind,
  user.userList,
  accessToken.tokenCreate,
  accessToken.tokenList,
  accessToken.tokenRevoke,
  agent.agentCreate,
  agent.agentList,
  agent.agentGet,
  agent.agentUpdate,
  agent.agentDelete,
  agentTool.agentAttachTool,
  agentTool.agentDetachTool,
  agentTool.agentListTools,
  team.teamCreate,
  team.teamList,
  team.teamGet,
  team.teamUpdate,
  team.teamDelete,
  teamAgent.teamAddAgent,
  teamAgent.teamRemoveAgent,
  teamAgent.teamListAgents,
  teamTool.teamAttachTool,
  teamTool.teamDetachTool,
  teamTool.teamListTools,
  tool.toolCreate,
  tool.toolList,
  tool.toolGet,
  tool.toolUpdate,
  tool.toolDelete,
  mechanism.mechanismCreate,
  mechanism.mechanismList,
  mechanism.mechanismGet,
  mechanism.mechanismUpdate,
  mechanism.mechanismDelete,
  session.sessionCreate,
  session.sessionList,
  session.sessionGet,
  session.sessionUpdate,
  session.sessionListTools,
  sessionMember.sessionAddMember,
  sessionMember.sessionRemoveMember,
  sessionMember.sessionListMembers,
  roster.sessionGetRoster,
  message.messagePost,
  message.messageList,
  prompt.promptPost,
  prompt.promptList,
  comment.commentPost,
  comment.commentList,
  logEntry.logPost,
  logEntry.logList,
  entry.streamRead,
  run.runList,
  run.runGet,
  run.runPause,
  run.runResume,
  run.runStop,
  turn.turnList,
  turn.turnPass,
  turn.turnGrant,
  decision.decisionOpen,
  decision.decisionList,
  decision.decisionGet,
  decision.decisionClose,
  decision.ballotCast,
  signal.sessionJoin,
  signal.sessionLeave,
  signal.typingSet,
  signal.deltaSend,
] as const;

type Declared = (typeof declared)[number];

/** The name of every command there is. */
export type CommandName = Declared["name"];
type Named<Name extends CommandName> = Extract<Declared, { name: Name }>;

/** What a client sends for a command. */
export type Input<Name extends CommandName> = z.infer<Named<Name>["input"]>;

/** What the server answers to it. */
export type Output<Name extends CommandName> = z.infer<Named<Name>["output"]>;

/** Every command by its name. */
export const commands = Object.fromEntries(
  declared.map((command) => [command.name, command]),
) as unknown as Readonly<Record<CommandName, Command>>;

/** Whether a name a client sent is a command. */
export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}
