import { isDeepStrictEqual } from "node:util";
import type { SessionRole } from "../../contract/session.ts";
import type { Present } from "../../contract/signal.ts";
import type { Identity } from "../stream/access.ts";
import type { PresenceReport, Reports, ReportsListener } from "./presence_reports.ts";

/** Changes of one session within this time are told once: a thousand reconnects are one signal. */
const GATHER_MS = 100;
/**
 * What a node rests after it has told a session's members, for each of them and each follower that
 * it has in any session: twenty times the 0.1 µs of CPU that a member takes in one follower's frame.
 */
const REST_MS = 0.002;
/** What a frame takes without members, and a list without followers, in members and followers. */
const OVERHEAD = 40;
/** Asking for everything again is spread over this time, so that it is no load to speak of. */
const SPREAD_MS = 5_000;

/** Whoever was asked and has said nothing for so long has nobody here any more; until then it may rest. */
const ANSWER_MS = 15_000;

/** Members by the id of the agent or user. A change replaces a member, so a copy stays as it was. */
type Members = Map<string, Present>;

/** A session with followers on this node. */
interface Room {
  readonly session_id: string;
  readonly local: Members;
  /** What the other nodes reported, by node. */
  readonly remote: Map<string, readonly Present[]>;
  /** Those of them that were asked for everything again and have not answered. */
  unanswered: Set<string>;
  /** How often somebody came or went, or a node reported. */
  changes: number;
  /** What the local followers were told, and after how many changes. */
  told: Members;
  toldChanges: number;
  /** Whether the other nodes are to be told, and to be asked for their own. */
  reports: boolean;
  asks: boolean;
  restUntil: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Who is connected to each session, over all nodes. A session's changes are gathered, told to its
 * followers here and reported to the other nodes that serve it. A telling takes time in proportion
 * to followers times members, so the more it takes, the longer the session rests before the next:
 * presence takes a twentieth of a node's time at the most, whoever comes and goes.
 */
export class Presence {
  readonly #rooms = new Map<string, Room>();
  readonly #tell: (session_id: string, members: Present[]) => void;
  readonly #reports: Reports;
  /** Over all sessions. */
  #followers = 0;

  /**
   * @param options.tell sends the members of a session to its local followers
   * @param options.reports begins to carry reports to and from the other nodes
   */
  constructor(options: {
    tell: (session_id: string, members: Present[]) => void;
    reports: (listener: ReportsListener) => Reports;
  }) {
    this.#tell = options.tell;
    this.#reports = options.reports({
      onReport: (session_id, report) => this.#onReport(session_id, report),
      onNodeGone: (node_id) => this.#onNodeGone(node_id),
      onReturn: () => this.#onReturn(),
    });
  }

  /**
   * Notes that somebody began to follow a session here.
   * @returns what to call once, when they stop
   */
  enter(session_id: string, identity: Identity, role: SessionRole): () => void {
    const room = this.#rooms.get(session_id) ?? this.#open(session_id);
    const member = memberOf(identity, role);
    this.#count(room, member, 1);
    return () => this.#count(room, member, -1);
  }

  /** Everybody connected to a session that is followed here, as far as this node knows. */
  members(session_id: string): Present[] {
    const room = this.#rooms.get(session_id);
    return room ? [...sum(room).values()] : [];
  }

  /** How many changes `members` tells of. */
  changes(session_id: string): number {
    return this.#rooms.get(session_id)?.changes ?? 0;
  }

  /** How many changes those followers know of who were told whatever was told so far. */
  toldChanges(session_id: string): number {
    return this.#rooms.get(session_id)?.toldChanges ?? 0;
  }

  /**
   * What a follower missed who is told from now on.
   * @param changes how many it knows of
   * @returns the members that were told last; null if it knows them
   */
  missed(session_id: string, changes: number): Present[] | null {
    const room = this.#rooms.get(session_id);
    return room && changes < room.toldChanges ? [...room.told.values()] : null;
  }

  /** Tells the other nodes that this one ends. */
  stop(): void {
    this.#reports.stop();
  }

  #open(session_id: string): Room {
    const room: Room = {
      session_id,
      local: new Map(),
      remote: new Map(),
      unanswered: new Set(),
      changes: 0,
      told: new Map(),
      toldChanges: 0,
      reports: false,
      asks: false,
      restUntil: 0,
      timer: undefined,
    };
    this.#rooms.set(session_id, room);
    // Not before the answers can be heard, which may be long if Redis is away.
    void this.#reports.follow(session_id).then(() => {
      // Meanwhile everybody may have left, and somebody have come again, to another room.
      if (this.#rooms.get(session_id) === room) this.#ask(room, 0);
    });
    return room;
  }

  #count(room: Room, member: Omit<Present, "connections">, change: 1 | -1): void {
    const name = nameOf(member);
    const connections = (room.local.get(name)?.connections ?? 0) + change;
    if (connections > 0) room.local.set(name, { ...member, connections });
    else room.local.delete(name);
    this.#followers += change;
    room.reports = true;
    this.#change(room);
  }

  #onReport(session_id: string, { node_id, members, ask }: PresenceReport): void {
    const room = this.#rooms.get(session_id);
    if (!room) return;
    if (members.length > 0) room.remote.set(node_id, members);
    else room.remote.delete(node_id);
    room.unanswered.delete(node_id);
    room.reports ||= ask;
    this.#change(room);
  }

  #onNodeGone(node_id: string): void {
    for (const room of this.#rooms.values()) {
      if (room.remote.delete(node_id)) this.#change(room);
    }
  }

  #onReturn(): void {
    for (const room of this.#rooms.values()) this.#ask(room, Math.random() * SPREAD_MS);
  }

  #ask(room: Room, delay: number): void {
    room.reports = true;
    room.asks = true;
    this.#settleSoon(room, delay);
  }

  /** A node that everybody left while its reports were lost does not know any more that it is asked. */
  #awaitAnswers(room: Room): void {
    const unanswered = new Set(room.remote.keys());
    room.unanswered = unanswered;
    if (unanswered.size === 0) return;
    const forget = () => {
      // Meanwhile it may have been asked again, or the session have been forgotten.
      if (room.unanswered !== unanswered || this.#rooms.get(room.session_id) !== room) return;
      for (const node_id of unanswered) room.remote.delete(node_id);
      if (unanswered.size > 0) this.#change(room);
    };
    setTimeout(forget, ANSWER_MS).unref();
  }

  #change(room: Room): void {
    room.changes += 1;
    this.#settleSoon(room);
  }

  #settleSoon(room: Room, delay = 0): void {
    const rest = room.restUntil - performance.now();
    room.timer ??= setTimeout(() => this.#settle(room), Math.max(GATHER_MS, delay, rest)).unref();
  }

  /** Makes everybody know what changed; forgets a session that nobody follows here any more. */
  #settle(room: Room): void {
    const { session_id, local, reports, asks } = room;
    room.timer = undefined;
    room.reports = false;
    room.asks = false;
    if (reports) this.#reports.send(session_id, { members: [...local.values()], ask: asks });
    if (asks) this.#awaitAnswers(room);
    if (local.size === 0) {
      this.#rooms.delete(session_id);
      this.#reports.unfollow(session_id);
      return;
    }
    const members = sum(room);
    if (!isDeepStrictEqual(members, room.told)) {
      this.#tell(session_id, [...members.values()]);
      room.told = members;
      room.toldChanges = room.changes;
    }
    const cost = (this.#followers + OVERHEAD) * (members.size + OVERHEAD);
    room.restUntil = performance.now() + cost * REST_MS;
  }
}

/** Written out, since V8 gives each object that is made by spreading a hidden class of its own. */
function memberOf(
  { user_id, agent_id }: Identity,
  role: SessionRole,
): Omit<Present, "connections"> {
  return agent_id === null ? { user_id, role } : { agent_id, role };
}

function nameOf(member: Pick<Present, "user_id" | "agent_id">): string {
  return member.agent_id ?? member.user_id ?? "";
}

function sum({ local, remote }: Room): Members {
  const members = new Map(local);
  for (const member of [...remote.values()].flat()) {
    const known = members.get(nameOf(member));
    const connections = member.connections + (known?.connections ?? 0);
    members.set(nameOf(member), { ...(known ?? member), connections });
  }
  return members;
}
