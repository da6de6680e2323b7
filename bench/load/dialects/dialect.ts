import type { Pool as Database } from "pg";

/** A message as a server sends it. */
export interface Row {
  /** Its place in its session; null where the server gives none. */
  readonly seq: number | null;
  readonly content: string;
}

/** What one message of a server's says. */
export type Incoming =
  | {
      readonly kind: "reply";
      /** Which command it answers. */
      readonly reference: number;
      /** null when the command was refused. */
      readonly data: unknown;
      /** The refusal, if any, as the server words it. */
      readonly error: unknown;
    }
  | { readonly kind: "rows"; readonly rows: readonly Row[] }
  | { readonly kind: "other" };

/** Somebody who may use the server under test. */
export interface Person {
  readonly token: string;
  readonly user_id: string;
}

/** A connection by which commands can be sent. */
export interface Caller {
  call(name: string, input: unknown): Promise<unknown>;
}

/** How one kind of server is spoken to: everything in which the peers differ for the load. */
export interface Dialect {
  /** Of the WebSocket, with its query. */
  readonly path: string;
  /** Whether every message of a session has a number without gap, in the order of delivery. */
  readonly numbered: boolean;
  /** What to send when the server greets (each message until `ready`); null for nothing. */
  greet(payload: string, token: string): { send: string | null; ready: boolean };
  /** What the server asks to see that the client is there, and the answer; null if it never asks. */
  readonly heartbeat: { readonly ping: Buffer; readonly pong: string } | null;
  command(reference: number, name: string, input: unknown): string;
  /** Encodes a message.post; `id` is the client's, for servers that take one; `content` is JSON. */
  post(reference: number, session_id: string, id: string, content: string): string;
  /** Whether the server answers a command by this, from its first bytes. */
  isReply(payload: Buffer): boolean;
  /** Understands what the server sent. */
  read(payload: Buffer): Incoming;
  /** The message that a reply to a post says is stored. */
  posted(data: unknown): Row;
  /** The backlog in the reply to a join; empty where it comes as rows. */
  backlog(data: unknown): readonly Row[];
  /** Makes people who may use the server. */
  enroll(url: string, database: Database, count: number): Promise<Person[]>;
  /** Makes a session; the first of the people owns it, the others take part. */
  createSession(owner: Caller, database: Database, people: readonly Person[]): Promise<Session>;
  /** Puts messages 1 to count (of text.ts) into an empty session, past the server. */
  fill(database: Database, session_id: string, count: number): Promise<Session>;
}

/** A session, and the cursor of who has everything in it: what to join `after` to get only news. */
export interface Session {
  readonly session_id: string;
  readonly head: number;
}
