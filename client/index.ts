export { CommandError } from "../contract/errors.ts";
export { Ballot } from "./ballot.ts";
export {
  type BallotHandler,
  Bot,
  type BotErrorListener,
  type BotOptions,
  type TurnHandler,
} from "./bot.ts";
export { Client, type ClientOptions } from "./client.ts";
export type { ClientEvents, CommandOptions } from "./connection.ts";
export type { MessageStream } from "./message_stream.ts";
export { type EndStatus, type OpenTurn, TurnEnded } from "./open_turn.ts";
export type { FollowOptions, LogDraft, MessageDraft, Session, SessionEvents } from "./session.ts";
export {
  type DecisionState,
  emptyState,
  type RunState,
  reduce,
  type SessionState,
  type TurnState,
} from "./state.ts";
export { memoryStore, type Saved, type Store, webStore } from "./store.ts";
export type { AgentTotals, ModelTotals, Money, Tokens, Totals, Usage } from "./totals.ts";
export type { Said } from "./transcript.ts";
export { Turn } from "./turn.ts";
export { uuidv7 } from "./uuid.ts";
