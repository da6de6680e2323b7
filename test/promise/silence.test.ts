import { expect } from "chai";
import type { Input } from "../../contract/commands.ts";
import type { ErrorCode } from "../../contract/errors.ts";
import { connect as connectTo } from "../../server/database/connection.ts";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { createDatabase, somebodyWaits, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { newBot, newPerson } from "../support/people.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";

/** Everything the server sends of its own accord. */
const EVENTS = ["entries", "presence", "typing", "delta", "closed", "error"];

describe("silence", () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let nodes: TestNode[];
  /** The owner, on each node. */
  let owners: TestClient[];
  let clients: TestClient[];

  before(async function () {
    this.timeout(40_000);
    [database, redis] = await Promise.all([createDatabase(), startRedis()]);
    const env = { DATABASE_URL: database.url, REDIS_URL: redis.url };
    nodes = await Promise.all([startNode(env), startNode(env)]);
    owners = await Promise.all(nodes.map((node) => connect(node.url)));
  });

  beforeEach(() => {
    clients = [];
  });

  afterEach(() => {
    for (const client of clients) client.close();
  });

  after(async () => {
    for (const owner of owners) owner.close();
    await Promise.all(nodes.map((node) => node.stop()));
    await Promise.all([redis.stop(), database.drop()]);
  });

  const open = (agent_ids: string[] = []) =>
    owners[0]!.call("session.create", { title: "Room", agent_ids }).then(({ id }) => id);
  /** Somebody's socket on each node. */
  const everywhere = async (token?: string) => {
    const made = await Promise.all(nodes.map((node) => connect(node.url, token)));
    clients.push(...made);
    return made;
  };
  const followersOf = async (session_id: string) =>
    Promise.all((await everywhere()).map((client) => Follower.join(client, session_id, 0)));

  it("is what a stranger hears of a session, and all that they can do in it", async () => {
    const bot = await newBot(owners[0]!, "theirs");
    const session_id = await open([bot.agent_id]);
    const strangers = await everywhere((await newPerson(owners[0]!)).token);
    const followers = await followersOf(session_id);
    const signals = followers.map(({ client }) => listen(client, ["typing", "delta"]));
    await hearEachOther(followers, signals);
    const heard = strangers.map((client) => listen(client, EVENTS));
    const before = await shown(owners[0]!, session_id);

    for (const stranger of strangers) {
      for (const send of attempts(stranger, session_id, bot.agent_id)) {
        expect(await codeOf(send)).to.equal("not_found");
      }
    }
    expect(await shown(owners[0]!, session_id)).to.deep.equal(before);

    await useAll(followers[0]!.client, session_id, bot.agent_id);
    await Promise.all(followers.map((follower) => follower.reached(4)));
    // Whoever should receive did: four entries each, and the signals from the other node.
    for (const { seqs } of followers) expect(seqs).to.deep.equal([1, 2, 3, 4]);
    await signals[1]!.until("delta");
    expect(signals[1]!.names).to.deep.equal(["typing", "delta"]);
    expect(signals[0]!.names, "the sender's own signals").to.deep.equal([]);

    await fence(strangers);
    expect(heard.map(({ names }) => names)).to.deep.equal([[], []]);
  });

  it("is what the followers of other sessions hear, and those who left", async () => {
    const bot = await newBot(owners[0]!, "speaker");
    const session_id = await open([bot.agent_id]);
    const other = await open();
    const person = await newPerson(owners[0]!);
    for (const session of [session_id, other]) {
      await owners[0]!.call("session.add_member", {
        session_id: session,
        user_id: person.user_id,
      });
    }
    const elsewhere = await everywhere(person.token);
    const left = await everywhere(person.token);
    for (const client of elsewhere) await Follower.join(client, other, 0);
    for (const client of left) {
      await Follower.join(client, session_id, 0);
      await client.call("session.leave", { session_id });
    }
    const followers = await followersOf(session_id);
    const signals = followers.map(({ client }) => listen(client, ["typing", "delta"]));
    await hearEachOther(followers, signals);
    const presence = listen(followers[1]!.client, ["presence"]);
    const heard = [...elsewhere, ...left].map((client) => listen(client, EVENTS));

    await useAll(followers[0]!.client, session_id, bot.agent_id);
    await Promise.all(followers.map((follower) => follower.reached(5)));
    for (const { seqs } of followers) expect(seqs).to.deep.equal([1, 2, 3, 4, 5]);
    await signals[1]!.until("delta");
    // Somebody more follows it: told to its followers on the other node, and to nobody else.
    const told = presence.until("presence", followers.length + 1);
    const [third] = await everywhere();
    await Follower.join(third!, session_id, 0);
    await told;

    // A last entry of their own shows that those elsewhere do receive.
    const arrived = heard.slice(0, 2).map(({ until }) => until("entries"));
    await owners[0]!.call("comment.post", { session_id: other, content: "here" });
    await Promise.all(arrived);
    await fence([...elsewhere, ...left]);
    for (const { payloads } of heard) {
      for (const payload of payloads) expect(payload).to.include({ session_id: other });
    }
    expect(heard.slice(2).map(({ payloads }) => payloads)).to.deep.equal([[], []]);
  });

  it("is what somebody reads of that which came after they were removed, however long they read", async () => {
    const [owner] = owners;
    const session_id = await open();
    const { seq } = await owner!.call("comment.post", { session_id, content: "before" });
    const reader = await newPerson(owner!);
    await owner!.call("session.add_member", { session_id, user_id: reader.user_id });
    const [client] = await everywhere(reader.token);
    const sequelize = connectTo(database.url, 2);
    const transaction = await sequelize.transaction();
    // No prompt is written, but all kinds are read.
    await sequelize.query("LOCK TABLE prompts IN ACCESS EXCLUSIVE MODE", { transaction });
    const reading = client!.call("stream.read", { session_id, after: seq - 1 });
    await somebodyWaits(sequelize);
    await owner!.call("session.remove_member", { session_id, user_id: reader.user_id });
    await owner!.call("comment.post", { session_id, content: "after" });
    await transaction.commit();
    await sequelize.close();
    const { entries, head_seq } = await reading;
    expect(entries.map((entry) => entry.seq)).to.deep.equal([seq, head_seq]);
    expect(JSON.stringify(entries)).to.include("before").and.not.include("after");
  });

  it("is kept by observers, whether they came as such or were made one", async () => {
    const bot = await newBot(owners[0]!, "speaker");
    const session_id = await open([bot.agent_id]);
    const born = await newPerson(owners[0]!);
    const made = await newPerson(owners[0]!);
    await owners[0]!.call("session.add_member", {
      session_id,
      user_id: born.user_id,
      role: "observer",
    });
    await owners[0]!.call("session.add_member", { session_id, user_id: made.user_id });
    const observers = [...(await everywhere(born.token)), ...(await everywhere(made.token))];
    const watching = await Promise.all(
      observers.map((client) => Follower.join(client, session_id, 0)),
    );
    const followers = await followersOf(session_id);
    const signals = followers.map(({ client }) => listen(client, ["typing", "delta"]));
    await hearEachOther(followers, signals);
    // Until they are made observers they may write; the last two are the same person's.
    await observers[2]!.call("typing.set", { session_id, typing: true });
    await Promise.all(signals.map(({ until }) => until("typing")));
    for (const { clear } of signals) clear();
    await observers[3]!.call("comment.post", { session_id, content: "still may" });

    await owners[0]!.call("session.add_member", {
      session_id,
      user_id: made.user_id,
      role: "observer",
    });
    const head = 4; // two came, one commented, one was made an observer
    await Promise.all([...watching, ...followers].map((follower) => follower.reached(head)));
    const before = await shown(owners[0]!, session_id);
    for (const observer of observers) {
      for (const send of attempts(observer, session_id, bot.agent_id).filter(
        ({ event }) => event !== "session.join",
      )) {
        expect(await codeOf(send), send.event).to.equal("forbidden");
      }
    }
    expect(await shown(owners[0]!, session_id)).to.deep.equal(before);

    // They go on receiving, and the others heard nothing from them.
    await useAll(followers[0]!.client, session_id, bot.agent_id);
    await followers[1]!.client.call("typing.set", { session_id, typing: true });
    await Promise.all([...watching, ...followers].map((follower) => follower.reached(head + 4)));
    for (const { seqs } of watching) {
      expect(seqs).to.deep.equal(Array.from({ length: head + 4 }, (_, index) => index + 1));
    }
    await Promise.all([signals[0]!.until("typing"), signals[1]!.until("delta")]);
    // What the observers had sent would have come before these, on the same way.
    expect(signals.map(({ names }) => names)).to.deep.equal([["typing"], ["typing", "delta"]]);
  });
});

interface Attempt {
  event: string;
  send(): ReturnType<TestClient["send"]>;
}

/** All ways to follow a session, to add to it or to change it. */
function attempts(client: TestClient, session_id: string, agent_id: string): Attempt[] {
  const user_id = crypto.randomUUID();
  const inputs = {
    "session.join": { session_id, after: 0 },
    "message.post": { session_id, content: "no" },
    "prompt.post": { session_id, content: "no" },
    "comment.post": { session_id, content: "no" },
    "log.post": { session_id, type: "info", message: "no" },
    "typing.set": { session_id, typing: true },
    "delta.send": { session_id, stream_id: user_id, agent_id, offset: 0, text: "no" },
    "session.update": { session_id, title: "Mine" },
    "session.add_member": { session_id, user_id },
    "session.remove_member": { session_id, user_id },
  } as const;
  return Object.entries(inputs).map(([event, input]) => ({
    event,
    send: () => client.send(event, input),
  }));
}

/** Adds one entry of each kind, and sends a signal of each kind. */
async function useAll(client: TestClient, session_id: string, agent_id: string): Promise<void> {
  await client.call("message.post", { session_id, content: "hello" });
  await client.call("prompt.post", { session_id, content: "do" });
  await client.call("comment.post", { session_id, content: "well" });
  await client.call("log.post", { session_id, type: "info", message: "done" });
  await client.call("typing.set", { session_id, typing: true });
  const delta: Input<"delta.send"> = {
    session_id,
    stream_id: crypto.randomUUID(),
    agent_id,
    offset: 0,
    text: "he",
  };
  await client.call("delta.send", delta);
}

/** Notes what a socket is sent from now on. */
function listen({ socket }: TestClient, events: readonly string[]) {
  const names: string[] = [];
  const payloads: unknown[] = [];
  for (const event of events) {
    socket.on(event, (payload: unknown) => {
      names.push(event);
      payloads.push(payload);
    });
  }
  return {
    names,
    payloads,
    clear(): void {
      names.length = 0;
      payloads.length = 0;
    },
    /** Resolves when it has been sent this event, naming this many connections if told. */
    until: (event: string, connections?: number) =>
      new Promise<void>((resolve) => {
        const seen = payloads.filter((_, index) => names[index] === event);
        const enough = (payload: unknown) => {
          const { members = [] } = payload as { members?: { connections: number }[] };
          const count = members.reduce((sum, member) => sum + member.connections, 0);
          return connections === undefined || count >= connections;
        };
        if (seen.some(enough)) resolve();
        else socket.on(event, (payload: unknown) => enough(payload) && resolve());
      }),
  };
}

/**
 * Resolves when both followers stand at the delivered point, before which they get no signals, and
 * nothing of this is on its way any more.
 */
async function hearEachOther(
  followers: readonly Follower[],
  signals: readonly ReturnType<typeof listen>[],
): Promise<void> {
  for (const [index, { client, session_id }] of followers.entries()) {
    const other = signals[1 - index]!;
    const say = (typing: boolean) => client.call("typing.set", { session_id, typing });
    while (other.names.length === 0) await say(true);
    await say(false);
    const isLast = (payload: unknown) => !(payload as { typing: boolean }).typing;
    while (!other.payloads.some(isLast)) await client.call("me.get", {});
  }
  for (const { clear } of signals) clear();
}

/** Resolves when every socket has what the server sent it before: replies keep their place. */
async function fence(clients: readonly TestClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.call("me.get", {})));
}

async function codeOf({ send }: Attempt): Promise<ErrorCode | "done"> {
  const reply = await send();
  return reply.ok ? "done" : reply.error.code;
}

/** Everything of a session that a client could have changed. */
async function shown(owner: TestClient, session_id: string) {
  const [session, members, stream] = await Promise.all([
    owner.call("session.get", { session_id }),
    owner.call("session.list_members", { session_id }),
    owner.call("stream.read", { session_id }),
  ]);
  return { session, members, stream };
}
