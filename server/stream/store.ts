import { CommandError } from "../../contract/errors.ts";
import type { Identity } from "../../models/index.ts";
import type { Sql, Work } from "../database/sql.ts";
import { type Access, AccessTable } from "./access.ts";
import type { Draft } from "./draft.ts";
import { findProxyAgents } from "./proxy_agent.ts";
import { Rooms } from "./rooms.ts";
import {
  type Candidate,
  findStored,
  type LockedSession,
  reserveKnownNumbers,
  reserveNumbers,
  type Written,
  write,
} from "./write.ts";

/** Somebody's wish to add one entry to a session. */
export interface Post {
  readonly session_id: string;
  readonly identity: Identity;
  /** The entry's id, if the client chose one. */
  readonly id: string | undefined;
  /** Of the input as JSON, so that what waits and what leaves together is bounded. */
  readonly bytes: number;
  /** Throws a CommandError if nothing may be added now; not asked about what is stored already. */
  admit(access: Access): void;
  /** Makes the entry from what the actor may do; throws a CommandError to refuse. */
  draft(access: Access): Draft;
}

/** What decides about posts. */
export interface Facts {
  /** Those that exist; as this transaction holds them, or will once it begins. */
  readonly sessions: ReadonlyMap<string, LockedSession>;
  /** What the actor may do in the session; null when it may not even see it. */
  accessOf(post: Post): Access | null;
}

/** What became of posts. */
export interface Stored {
  /** Of each post: stored, refused, or a fault of ours in making its draft. */
  readonly outcomes: readonly (Written | Error)[];
  /** All that is new, in order: what was posted, and what followed from it. */
  readonly fresh: readonly Written[];
  readonly facts: Facts;
}

/** Facts that were read under the lock, and what else is there by then. */
interface Found extends Facts {
  readonly rooms: Rooms;
  /** Entries that the posts repeat, as JSON, by id. */
  readonly stored: ReadonlyMap<string, string>;
}

/**
 * Stores posts within a transaction.
 * @param known by which all of them can be decided without asking, if it still holds; the transaction
 *   fails if it does not, as one that is to be tried again without
 * @returns what became of each; it is so once the transaction is committed
 */
export async function store(
  posts: readonly Post[],
  known: Facts | null,
  sql: Sql,
): Promise<Work<Stored>> {
  const candidates = known && candidatesOf(posts, known);
  // What would be refused by it is not: only what is true now refuses.
  if (known && candidates?.every(isAccepted)) return storeKnown(posts, candidates, known, sql);
  return storeFound(posts, await find(posts, sql), sql);
}

function storeKnown(
  posts: readonly Post[],
  candidates: readonly Candidate[],
  known: Facts,
  sql: Sql,
): Work<Stored> {
  const { sessions } = known;
  const reserved = reserveKnownNumbers(sessions, idsOf(posts), proxiesOf(posts, known), sql);
  reserved.catch(() => {}); // told below, unless what follows throws
  const { result, sent } = write(candidates, sessions, new Map(), Rooms.none, sql);
  return { result: { ...result, facts: known }, sent: Promise.all([reserved, sent]) };
}

function storeFound(posts: readonly Post[], found: Found, sql: Sql): Work<Stored> {
  const candidates = candidatesOf(posts, found);
  const accepted = candidates.filter((one): one is Candidate => !(one instanceof Error));
  const { result, sent } = write(accepted, found.sessions, found.stored, found.rooms, sql);
  const written = result.outcomes.values();
  const outcomes = candidates.map((one) =>
    one instanceof Error ? one : (written.next().value as Written | Error),
  );
  return { result: { outcomes, fresh: result.fresh, facts: found }, sent };
}

/** Locks the sessions, and reads what decides. */
async function find(posts: readonly Post[], sql: Sql): Promise<Found> {
  const expected = new Map<string, number>();
  for (const { session_id } of posts) expected.set(session_id, (expected.get(session_id) ?? 0) + 1);
  const user_ids = [...new Set(posts.map((post) => post.identity.user_id))];
  const people = posts.filter((post) => post.identity.agent_id === null);
  // Sent in this order and at once: what is read after the lock is true until the commit.
  const [sessions, table, proxies, stored] = await Promise.all([
    reserveNumbers(expected, sql),
    AccessTable.load([...expected.keys()], user_ids, sql),
    findProxyAgents(
      people.map((post) => post.identity.user_id),
      sql,
    ),
    findStored(idsOf(posts), sql),
  ]);
  const rooms = await Rooms.load(sessions.values(), sql);
  return {
    ...{ sessions, stored, rooms },
    accessOf({ session_id, identity, id }) {
      const session = sessions.get(session_id);
      const proxy = identity.agent_id === null ? proxies.get(identity.user_id) : null;
      const isRepeated = id !== undefined && stored.has(id);
      return session ? accessIn(rooms, table.access(session, identity, proxy), isRepeated) : null;
    },
  };
}

function candidatesOf(posts: readonly Post[], facts: Facts): (Candidate | Error)[] {
  return posts.map((post) => {
    const access = facts.accessOf(post);
    if (!access) return new CommandError("not_found", "There is no such session for you");
    try {
      const draft = post.draft(access);
      return { draft, refusal: refusalBy(post, access) };
    } catch (error) {
      return error as Error;
    }
  });
}

function isAccepted(candidate: Candidate | Error): candidate is Candidate {
  return !(candidate instanceof Error || candidate.refusal);
}

/** Those that clients chose. */
const idsOf = (posts: readonly Post[]) => posts.flatMap((post) => post.id ?? []);

/** The agents that people among them may speak through. */
function proxiesOf(posts: readonly Post[], facts: Facts): string[] {
  const proxies = new Set<string>();
  for (const post of posts) {
    const agent_id = facts.accessOf(post)?.proxy_agent_id;
    if (agent_id) proxies.add(agent_id);
  }
  return [...proxies];
}

/** Adds the agents for whom the session's team lets the actor answer. */
function accessIn(rooms: Rooms, access: Access | null, isRepeated: boolean): Access | null {
  const { user_id, agent_id } = access?.identity ?? {};
  if (!access || agent_id !== null) return access;
  const more = rooms.answerableBy(access.session.id, user_id!, isRepeated);
  return more.length === 0 ? access : { ...access, agent_ids: [...access.agent_ids, ...more] };
}

/** What refuses a new entry now, if anything; a fault in the check goes on as one. */
function refusalBy(post: Post, access: Access): CommandError | null {
  try {
    post.admit(access);
    return null;
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}
