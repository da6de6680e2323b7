import { setTimeout as pause } from "node:timers/promises";
import { Argument, Command } from "commander";
import { type Constants, readConstants, writeConstants } from "./constants.ts";
import { shareCores } from "./cores.ts";
import type { Bench } from "./load/bench.ts";
import type { Client } from "./load/client.ts";
import { postFor, type Writer } from "./load/posting.ts";
import { Machine } from "./machine_use.ts";
import { type Stage, startStage } from "./stage.ts";
import { residentAfterCollection } from "./workloads/idle_memory.ts";

/** How long each section posts, and how long it watches what idles. */
const SECONDS = 5;
const IDLE_SECONDS = 20;
/** As the server has it: STREAM_POLL_MS. */
const POLL_SECONDS = 0.5;

type Part = (stage: Stage) => Promise<Partial<Constants>>;

/** In the order in which they need each other: a later part subtracts what an earlier one found. */
const parts: Record<string, Part> = {
  posts: (stage) => on(stage, 1, measurePosts),
  deliveries: (stage) => on(stage, 1, measureDeliveries),
  hints: measureHints,
  connections: (stage) => on(stage, 1, measureConnections),
  sessions: (stage) => on(stage, 1, measureSessions),
  processes: measureProcesses,
};

await new Command("measure_constants")
  .description("Measures what bench/model.ts reckons with, and notes it in bench/constants.json")
  .addArgument(new Argument("<part...>", "what to measure").choices(Object.keys(parts)))
  .action(async (chosen: string[]) => {
    const stage = await startStage(shareCores());
    try {
      for (const name of chosen) {
        const measured = await parts[name]!(stage);
        writeConstants(measured);
        console.log(name, measured);
      }
    } finally {
      await stage.stop();
    }
  })
  .parseAsync();

async function on<Result>(
  stage: Stage,
  nodes: number,
  measure: (machine: Machine) => Promise<Result>,
): Promise<Result> {
  const { target, stop } = await stage.start("taskmaster", nodes);
  const machine = await Machine.open(target, stage.redis_url);
  try {
    return await measure(machine);
  } finally {
    await machine.close();
    await stop();
  }
}

/** At load a commit stores many posts, and one by one it stores one: two equations for two costs. */
async function measurePosts(machine: Machine): Promise<Partial<Constants>> {
  const { bench } = machine;
  const writers = await Promise.all(Array.from({ length: 100 }, (_, n) => newWriter(bench, n)));
  await postFor(bench, writers, 8, 2);
  let posts = 0;
  const many = await machine.use(async () => {
    posts = await postFor(bench, writers, 8, SECONDS);
  });
  const one = await machine.use(() => postFor(bench, writers.slice(0, 1), 1, SECONDS));
  const costs = (ofMany: number, ofOne: number) => {
    const single = ofOne / one.commits;
    const post = (ofMany - many.commits * single) / (posts - many.commits);
    return { post, commit: single - post };
  };
  const node = costs(many.nodes[0]!, one.nodes[0]!);
  const postgres = costs(many.postgres, one.postgres);
  return {
    post: { node: node.post, postgres: postgres.post, wal_bytes: many.wal_bytes / posts },
    commit: { node: node.commit, postgres: postgres.commit },
  };
}

async function measureDeliveries(machine: Machine): Promise<Partial<Constants>> {
  const { bench } = machine;
  const { post, commit } = readConstants();
  const { client, session_id, head } = await newWriter(bench);
  const followers = await Promise.all(Array.from({ length: 100 }, () => bench.connect()));
  await Promise.all(followers.map((follower) => follower.join({ session_id, head })));
  const measure = async (inFlight: number) => {
    let posts = 0;
    const used = await machine.use(async () => {
      posts = await postFor(bench, [{ client, session_id }], inFlight, SECONDS);
      await pause(200);
    });
    const posting = posts * post.node + used.commits * commit.node;
    return (used.nodes[0]! - posting) / (posts * followers.length);
  };
  await measure(64);
  const alone = await measure(1);
  const packed = await measure(64);
  const { entries } = (await client.call("stream.read", { session_id, after: head, limit: 1 })) as {
    entries: unknown[];
  };
  return { delivery: { node: alone, packed, bytes: JSON.stringify(entries).length } };
}

/** On 2 and on 4 nodes: many sessions whose writers are on the first, and a subscriber on each of the others. */
async function measureHints(stage: Stage): Promise<Partial<Constants>> {
  const { post, commit, delivery } = readConstants();
  const measure = async (machine: Machine) => {
    const { bench } = machine;
    const writers = await Promise.all(Array.from({ length: 50 }, () => newWriter(bench)));
    const others = bench.target.servers.length - 1;
    for (const writer of writers) {
      for (let node = 1; node <= others; node += 1) {
        await (await bench.connect(0, node)).join(writer);
      }
    }
    // One in flight each, so that every post is a hint of its own.
    await postFor(bench, writers, 1, SECONDS);
    let posts = 0;
    const used = await machine.use(async () => {
      posts = await postFor(bench, writers, 1, SECONDS);
      await pause(200);
    });
    const [first, ...rest] = used.nodes;
    const taken = rest.reduce((sum, seconds) => sum + seconds, 0) / rest.length;
    return {
      publish: (first! - used.commits * commit.node) / posts - post.node,
      receive: taken / posts - delivery.node,
      redis: used.redis / posts,
    };
  };
  const two = await on(stage, 2, measure);
  const four = await on(stage, 4, measure);
  const redis_receiver = (four.redis - two.redis) / 2;
  return {
    hint: {
      publish: (two.publish + four.publish) / 2,
      receive: (two.receive + four.receive) / 2,
      redis: two.redis - redis_receiver,
      redis_receiver,
    },
  };
}

async function measureConnections({ bench }: Machine): Promise<Partial<Constants>> {
  await bench.connectAll(500);
  const before = await residentAfterCollection(bench);
  await bench.connectAll(4000);
  const connection = ((await residentAfterCollection(bench)) - before) / 4000;
  return { memory: { ...readConstants().memory, connection } };
}

async function measureSessions(machine: Machine): Promise<Partial<Constants>> {
  const { bench } = machine;
  const session_ids = await createSessions(bench, 10_000);
  const before = await residentAfterCollection(bench);
  const joining = await machine.use(() => joinAll(bench, session_ids));
  const session = ((await residentAfterCollection(bench)) - before) / session_ids.length;
  const asked = performance.now();
  await bench.database.query("SELECT id, head_seq FROM sessions WHERE id = ANY ($1::uuid[])", [
    session_ids,
  ]);
  const pollTime = (performance.now() - asked) / 1000;
  console.log(`the heads of ${session_ids.length} sessions took ${pollTime.toFixed(3)} s to read`);
  const idle = await machine.use(() => pause(IDLE_SECONDS * 1000));
  const looks = (idle.seconds / (POLL_SECONDS + pollTime)) * session_ids.length;
  return {
    join: {
      node: joining.nodes[0]! / session_ids.length,
      postgres: joining.postgres / session_ids.length,
    },
    poll: {
      node: idle.nodes[0]! / looks,
      postgres: idle.postgres / looks,
    },
    memory: { ...readConstants().memory, session },
  };
}

/** The writers of 60 sessions spread over the nodes, and four subscribers of each over the next ones. */
async function measureProcesses(stage: Stage): Promise<Partial<Constants>> {
  const { post, commit, delivery, hint } = readConstants();
  const followers = 4;
  const measure = async (machine: Machine) => {
    const { bench } = machine;
    const nodes = bench.target.servers.length;
    const writers: Writer[] = [];
    for (let index = 0; index < 60; index += 1) {
      const writer = await newWriter(bench, 0, index);
      for (let next = 1; next <= followers; next += 1) {
        await (await bench.connect(0, index + next)).join(writer);
      }
      writers.push(writer);
    }
    await postFor(bench, writers, 1, SECONDS);
    let posts = 0;
    const used = await machine.use(async () => {
      posts = await postFor(bench, writers, 1, SECONDS);
      await pause(200);
    });
    const hints = nodes === 1 ? 0 : hint.publish + (nodes - 1) * hint.receive;
    const commits = (used.commits / posts) * commit.node;
    return {
      nodes,
      node: used.nodes.reduce((sum, seconds) => sum + seconds, 0) / posts,
      predicted: post.node + commits + followers * delivery.node + hints,
      postgres: used.postgres / posts,
      redis: used.redis / posts,
    };
  };
  const processes = [];
  for (const nodes of [1, 2, 4]) processes.push(await on(stage, nodes, measure));
  return { processes };
}

/** One writer on a node, the first unless told, to a session of its own. */
async function newWriter(bench: Bench, person = 0, node = 0): Promise<Writer & { head: number }> {
  const client = await bench.connect(person, node);
  const owner = bench.people[person % bench.people.length]!;
  return { client, ...(await bench.createSession(client, [owner])) };
}

async function createSessions(bench: Bench, count: number): Promise<string[]> {
  const owner = await bench.connect();
  const session_ids: string[] = [];
  while (session_ids.length < count) {
    const some = Array.from({ length: 100 }, () => bench.createSession(owner, [bench.people[0]!]));
    session_ids.push(...(await Promise.all(some)).map(({ session_id }) => session_id));
  }
  return session_ids;
}

/** Follows them on the first node, a hundred on a connection. */
async function joinAll(bench: Bench, session_ids: readonly string[]): Promise<void> {
  for (let from = 0; from < session_ids.length; from += 100) {
    const client: Client = await bench.connect();
    const joins = session_ids
      .slice(from, from + 100)
      .map((session_id) => client.call("session.join", { session_id, after: 0 }));
    await Promise.all(joins);
  }
}
