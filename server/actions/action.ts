import type { Transaction } from "sequelize";
import type { Scope } from "../../contract/command.ts";
import type { CommandName, Input, Output } from "../../contract/commands.ts";
import type { Entry } from "../../contract/entry.ts";
import type { Happening, Room } from "../orchestration/room.ts";
import type { Access } from "../stream/access.ts";
import type { Draft } from "../stream/draft.ts";
import type { Moved } from "../stream/rooms.ts";

/** Who issues a command: a user, or the agent a bot's token is bound to, with its owner as user. */
export interface Actor {
  readonly user_id: string;
  readonly agent_id: string | null;
  readonly is_admin: boolean;
  readonly scope: Scope;
  /** Null when the actor came with a JWT. */
  readonly token_id: string | null;
  readonly expires_at: Date | null;
}

/** Whose authority a change touched; live connections are checked again at once, on every node. */
export type Revocation = { token_id: string } | { session_ids: string[] };

/** What a change works with: everything it does is in one transaction. */
export interface ChangeContext {
  readonly actor: Actor;
  readonly transaction: Transaction;
  /** Writes to the session's stream as part of this change; published once it is committed. */
  append(draft: Draft): Promise<Entry>;
  /**
   * Lets something happen in the room of a session, and writes what follows to its stream.
   * @param choose says what, for the room as it is; throws a CommandError to refuse
   * @returns the room as it is then
   */
  move(session_id: string, choose: (room: Room) => Happening): Promise<Moved>;
  /** Tells every node, when this change is committed, to look again at who may still follow. */
  revoke(revocation: Revocation): Promise<void>;
}

/** Reads through the actor's scope and changes nothing. */
export interface Query<Name extends CommandName> {
  readonly kind: "query";
  run(actor: Actor, input: Input<Name>): Promise<Output<Name>>;
}

/** Changes rows, and may append entries, in a transaction of its own. */
export interface Change<Name extends CommandName> {
  readonly kind: "change";
  run(context: ChangeContext, input: Input<Name>): Promise<Output<Name>>;
}

/**
 * Adds one entry to a stream. It runs inside the shared append transaction, where the session and
 * the actor's access to it are already loaded, so it neither waits nor queries.
 */
export interface Post<Name extends CommandName> {
  readonly kind: "post";
  draft(access: Access, input: Input<Name>): Draft;
}

export type Action<Name extends CommandName> = Query<Name> | Change<Name> | Post<Name>;

/** The commands that live on one connection and are mounted by server/realtime alone. */
export type SocketCommand = "session.leave" | "typing.set" | "delta.send";

/** One action for every command: the compiler refuses a command without one. */
export type Actions = { readonly [Name in Exclude<CommandName, SocketCommand>]: Action<Name> };
