import type { SessionRole } from "../../contract/session.ts";
import type { Present } from "../../contract/signal.ts";
import type { Identity } from "../stream/access.ts";

/** How long another node's word about its connections holds, unless it repeats it. */
const BELIEVE_MS = 15_000;
const REPEAT_MS = 5_000;
/** Changes of one session within this time are told once: a thousand reconnects are one signal. */
const GATHER_MS = 100;

/** What one node tells the others about the connections of a session. */
export interface PresenceReport {
  node_id: string;
  session_id: string;
  members: Present[];
  /** Asks whoever else serves the session to report too. */
  ask: boolean;
}

interface Follower {
  identity: Identity;
  role: SessionRole;
}

/**
 * Who is connected to each session, over all nodes. Each node reports its own connections and
 * believes the others for a while, so a node that died is forgotten by itself.
 */
export class Presence {
  readonly #node_id: string;
  readonly #local = new Map<string, Set<Follower>>();
  readonly #remote = new Map<string, Map<string, { members: Present[]; until: number }>>();
  /** Sessions whose followers, and whose other nodes, are to be told soon. */
  readonly #toTell = new Set<string>();
  readonly #toReport = new Set<string>();
  readonly #options: {
    tell: (session_id: string, members: Present[]) => void;
    report: (report: PresenceReport) => void;
  };
  readonly #repeat: NodeJS.Timeout;
  #gather: NodeJS.Timeout | undefined;

  /**
   * @param options.tell sends the members of a session to its local followers
   * @param options.report sends a report to the other nodes
   */
  constructor(
    node_id: string,
    options: {
      tell: (session_id: string, members: Present[]) => void;
      report: (report: PresenceReport) => void;
    },
  ) {
    this.#node_id = node_id;
    this.#options = options;
    this.#repeat = setInterval(() => this.#refresh(), REPEAT_MS);
  }

  /**
   * Notes that somebody began to follow a session here.
   * @returns what to call when they stop
   */
  enter(session_id: string, identity: Identity, role: SessionRole): () => void {
    const follower = { identity, role };
    const followers = this.#local.get(session_id) ?? new Set();
    this.#local.set(session_id, followers.add(follower));
    if (followers.size === 1) this.#report(session_id, true);
    this.#change(session_id);
    return () => {
      followers.delete(follower);
      if (followers.size === 0 && this.#local.get(session_id) === followers) {
        this.#local.delete(session_id);
      }
      this.#change(session_id);
    };
  }

  /** Takes another node's report. */
  onReport(report: PresenceReport): void {
    const nodes = this.#remote.get(report.session_id) ?? new Map();
    if (report.members.length === 0) nodes.delete(report.node_id);
    else nodes.set(report.node_id, { members: report.members, until: Date.now() + BELIEVE_MS });
    if (nodes.size > 0) this.#remote.set(report.session_id, nodes);
    else this.#remote.delete(report.session_id);
    if (!this.#local.has(report.session_id)) return;
    if (report.ask) this.#report(report.session_id, false);
    this.#toTell.add(report.session_id);
    this.#gatherChanges();
  }

  /** Everybody connected to a session, as far as this node knows. */
  members(session_id: string): Present[] {
    const reports = [...(this.#remote.get(session_id)?.values() ?? [])];
    const known = reports.filter(({ until }) => until > Date.now()).map(({ members }) => members);
    return sum([this.#localMembers(session_id), ...known].flat());
  }

  stop(): void {
    clearInterval(this.#repeat);
    clearTimeout(this.#gather);
  }

  #localMembers(session_id: string): Present[] {
    const followers = [...(this.#local.get(session_id) ?? [])];
    return sum(
      followers.map(({ identity, role }) => ({ ...named(identity), role, connections: 1 })),
    );
  }

  #change(session_id: string): void {
    this.#toTell.add(session_id);
    this.#toReport.add(session_id);
    this.#gatherChanges();
  }

  #gatherChanges(): void {
    this.#gather ??= setTimeout(() => {
      this.#gather = undefined;
      for (const session_id of this.#toTell) this.#tell(session_id);
      for (const session_id of this.#toReport) this.#report(session_id, false);
      this.#toTell.clear();
      this.#toReport.clear();
    }, GATHER_MS);
  }

  #tell(session_id: string): void {
    this.#options.tell(session_id, this.members(session_id));
  }

  #report(session_id: string, ask: boolean): void {
    const members = this.#localMembers(session_id);
    this.#options.report({ node_id: this.#node_id, session_id, members, ask });
  }

  #refresh(): void {
    for (const session_id of this.#local.keys()) this.#report(session_id, false);
    for (const [session_id, nodes] of this.#remote) {
      for (const [node_id, { until }] of nodes) {
        if (until > Date.now()) continue;
        nodes.delete(node_id);
        if (this.#local.has(session_id)) this.#tell(session_id);
      }
      if (nodes.size === 0) this.#remote.delete(session_id);
    }
  }
}

function named(identity: Identity): Pick<Present, "user_id" | "agent_id"> {
  return identity.agent_id === null
    ? { user_id: identity.user_id }
    : { agent_id: identity.agent_id };
}

function sum(members: Present[]): Present[] {
  const byName = new Map<string, Present>();
  for (const member of members) {
    const name = member.agent_id ?? member.user_id ?? "";
    const known = byName.get(name);
    if (known) known.connections += member.connections;
    else byName.set(name, { ...member });
  }
  return [...byName.values()];
}
