import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Constants, readConstants } from "./constants.ts";
import { type Curve, drawCurves } from "./report/curve.ts";

/** What people do. */
export interface Mix {
  readonly name: string;
  /** Subscribers of one session. */
  readonly followers: number;
  /** Posts to one session, per second. */
  readonly posts: number;
}

/** How the server works, as far as it decides what a large installation costs. */
export interface Design {
  readonly name: string;
  /** Which nodes the subscribers of a session connect to. */
  readonly placement: "by chance" | "by session";
}

export const mixes: readonly Mix[] = [
  { name: "team of 10, a post every 5 s", followers: 10, posts: 0.2 },
  { name: "meeting of 100, a post every 2 s", followers: 100, posts: 0.5 },
  { name: "audience of 10,000, a post a second", followers: 10_000, posts: 1 },
];

export const designs: readonly Design[] = [
  { name: "as built", placement: "by chance" },
  { name: "a session's subscribers kept together", placement: "by session" },
];

/** What was not measured but decided; change it here to see what follows. */
export const assumed = {
  /** Of a core or a link, so that bursts and the loss of a neighbour fit. */
  busy: 0.6,
  /** A node is one process of one core, with this much memory. */
  node_bytes: 4 * 2 ** 30,
  /** Connections to one node; thousands were measured, not more. */
  node_connections: 20_000,
  postgres_cores: 16,
  /** What one primary writes to its log per second. */
  postgres_wal_bytes: 200e6,
  /** One commit of a node, from sending it to its answer. */
  commit_seconds: 0.003,
  /** APPEND_LANES of server/node.ts. */
  commits_under_way: 4,
  /** How long a subscriber stays until it connects and joins again. */
  stay_seconds: 3600,
  /** STREAM_POLL_MS. */
  poll_seconds: 0.5,
  /** How often a node says that it is there; see server/realtime/presence_reports.ts. */
  heartbeat_seconds: 5,
  /** Of one session on one node, where they are kept together. */
  followers_together: 500,
};

/** What an installation uses per second, in seconds of a core and in bytes, all nodes together. */
export interface Use {
  readonly node: Record<
    "posts" | "commits" | "deliveries" | "hints" | "polls" | "presence" | "joins",
    number
  >;
  readonly postgres: Record<"posts" | "commits" | "polls" | "joins", number>;
  readonly redis: Record<"hints" | "presence", number>;
  readonly wal_bytes: number;
  readonly sent_bytes: number;
  readonly memory_bytes: number;
}

/**
 * Reckons what so many subscribers cost on so many nodes.
 */
export function use(
  constants: Constants,
  mix: Mix,
  design: Design,
  subscribers: number,
  nodes: number,
): Use {
  const { post, commit, delivery, hint, join, poll, presence, memory } = constants;
  const { commit_seconds, commits_under_way, poll_seconds, heartbeat_seconds, stay_seconds } =
    assumed;
  const sessions = subscribers / mix.followers;
  const places = placesOf(mix, design, nodes);
  const posts = sessions * mix.posts;
  const commits = Math.min(posts, (nodes * commits_under_way) / commit_seconds);
  // Posts of one session that share a commit share a frame and a hint as well.
  const together = Math.max(1, mix.posts * commit_seconds);
  const deliver = delivery.packed + (delivery.node - delivery.packed) / together;
  const hints = nodes === 1 ? 0 : posts / together;
  const looks = (sessions * places) / poll_seconds;
  const joins = subscribers / stay_seconds;
  // Coming and going is told where the session is followed; that a node is there, to every other.
  const reports = 2 * joins;
  const heard = reports * (places - 1) + (nodes * (nodes - 1)) / heartbeat_seconds;
  return {
    node: {
      posts: posts * post.node,
      commits: commits * commit.node,
      deliveries: posts * mix.followers * deliver,
      hints: hints * (hint.publish + (places - 1) * hint.receive),
      polls: looks * poll.node,
      presence: nodes === 1 ? 0 : reports * presence.send + heard * presence.receive,
      joins: joins * join.node,
    },
    postgres: {
      posts: posts * post.postgres,
      commits: commits * commit.postgres,
      polls: looks * poll.postgres,
      joins: joins * join.postgres,
    },
    redis: {
      hints: hints * (hint.redis + (places - 1) * hint.redis_receiver),
      presence: nodes === 1 ? 0 : reports * presence.redis + heard * hint.redis_receiver,
    },
    wal_bytes: posts * post.wal_bytes,
    sent_bytes: posts * mix.followers * delivery.bytes,
    memory_bytes: subscribers * memory.connection + sessions * places * memory.session,
  };
}

/**
 * On how many nodes a session is followed. Subscribers spread by chance miss a given one of N nodes
 * with a probability of (1 − 1/N)^F.
 */
function placesOf({ followers }: Mix, { placement }: Design, nodes: number): number {
  const byChance = nodes * (1 - (1 - 1 / nodes) ** followers);
  return placement === "by chance"
    ? byChance
    : Math.min(byChance, Math.ceil(followers / assumed.followers_together));
}

/** How large an installation has to be. */
export interface Size {
  readonly nodes: number;
  readonly primaries: number;
  readonly shards: number;
  readonly use: Use;
  /** Of what the nodes and PostgreSQL do, what takes most of their cores. */
  readonly largest: string;
}

/** @returns null when no number of nodes is enough, since each new one costs the others too much */
export function size(
  constants: Constants,
  mix: Mix,
  design: Design,
  subscribers: number,
): Size | null {
  for (let nodes = 1; nodes < 100_000; nodes = Math.max(nodes + 1, Math.ceil(nodes * 1.02))) {
    const used = use(constants, mix, design, subscribers, nodes);
    const fits =
      sum(used.node) <= nodes * assumed.busy &&
      used.memory_bytes <= nodes * assumed.node_bytes &&
      subscribers <= nodes * assumed.node_connections;
    if (!fits) continue;
    const primaries = Math.max(
      sum(used.postgres) / (assumed.postgres_cores * assumed.busy),
      used.wal_bytes / assumed.postgres_wal_bytes,
    );
    return {
      nodes,
      primaries: Math.ceil(primaries),
      shards: Math.ceil(sum(used.redis) / assumed.busy),
      use: used,
      largest: largestOf({ nodes: used.node, PostgreSQL: used.postgres }),
    };
  }
  return null;
}

/**
 * Prints how an installation grows with its subscribers, and draws it.
 * @param out the folder for curve.svg
 */
export async function model(out: string): Promise<void> {
  const constants = readConstants();
  const curves: Curve[] = [];
  for (const mix of mixes) {
    for (const design of designs) {
      console.log(`\n${mix.name} · ${design.name}\n${HEADINGS}`);
      for (const subscribers of decades(4, 7, 1)) {
        console.log(row(subscribers, size(constants, mix, design, subscribers)));
      }
      const points = decades(4, 7, 8)
        .map((subscribers) => ({
          subscribers,
          nodes: size(constants, mix, design, subscribers)?.nodes,
        }))
        .filter(
          (point): point is { subscribers: number; nodes: number } => point.nodes !== undefined,
        );
      curves.push({ mix: mix.name, design: design.name, points });
    }
  }
  await mkdir(out, { recursive: true });
  await writeFile(join(out, "curve.svg"), drawCurves(curves));
}

const HEADINGS = "subscribers    nodes  primaries  shards   Gbit/s  WAL MB/s  most cores go to";

function row(subscribers: number, found: Size | null): string {
  const start = subscribers.toLocaleString("en").padStart(11);
  if (!found) return `${start}    no number of nodes is enough`;
  const { nodes, primaries, shards, use, largest } = found;
  const cells = [
    String(nodes).padStart(9),
    String(primaries).padStart(11),
    String(shards).padStart(8),
    ((use.sent_bytes * 8) / 1e9).toFixed(2).padStart(9),
    (use.wal_bytes / 1e6).toFixed(1).padStart(10),
  ];
  return `${start}${cells.join("")}  ${largest}`;
}

/** 10^from to 10^to, in so many steps to a decade. */
function decades(from: number, to: number, steps: number): number[] {
  return Array.from({ length: (to - from) * steps + 1 }, (_, step) =>
    Math.round(10 ** (from + step / steps)),
  );
}

function sum(parts: Record<string, number>): number {
  return Object.values(parts).reduce((total, part) => total + part, 0);
}

function largestOf(sides: Record<string, Record<string, number>>): string {
  return Object.entries(sides)
    .map(([side, parts]) => {
      const [name, cores] = Object.entries(parts).sort(([, a], [, b]) => b - a)[0]!;
      return `${side}: ${name} ${Math.round((100 * cores) / sum(parts))}%`;
    })
    .join(", ");
}
