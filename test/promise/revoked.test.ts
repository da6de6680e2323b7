import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import type { Entry } from "../../contract/entry.ts";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { EventStream } from "../support/event_stream.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { newBot, newPerson } from "../support/people.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";

/** Posts each writer keeps under way while rights are taken away. */
const LANES = 32;
/** Posts between one taking away and the next. */
const BETWEEN = 200;
const EXPIRES_AFTER_MS = 3_000;

describe("whose right to follow is taken away", () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let nodes: TestNode[];
  let owners: TestClient[];

  before(async function () {
    this.timeout(40_000);
    [database, redis] = await Promise.all([createDatabase(), startRedis({ own: true })]);
    const env = { DATABASE_URL: database.url, REDIS_URL: redis.url };
    nodes = await Promise.all([startNode(env), startNode(env)]);
    owners = await Promise.all(nodes.map((node) => connect(node.url)));
  });

  after(async () => {
    for (const owner of owners) owner.close();
    await Promise.all(nodes.map((node) => node.stop()));
    await Promise.all([redis.stop(), database.drop()]);
  });

  const scenario = async function (this: Mocha.Context) {
    this.timeout(40_000);
    const room = await openRoom(owners[0]!, nodes);
    const posts = keepPosting(owners, room.session_id);
    for (const taking of room.takings) {
      await posts.reached(posts.answered + BETWEEN);
      await taking.takeAway();
      taking.firstAfter = posts.begun;
    }
    await posts.reached(posts.answered + BETWEEN);
    const head = await posts.stop();

    for (const witness of room.witnesses) {
      await witness.reached(head);
      expect(witness.entries.map(({ seq }) => seq)).to.deep.equal(upTo(head));
    }
    const all = room.witnesses[0]!.entries;
    for (const { what, victims, firstAfter, event } of room.takings) {
      // Where the stream itself tells when the right ended, nothing later may have been given.
      const end = event && all.find((entry) => matches(entry, event))!.seq;
      for (const victim of victims) {
        const name = `${what}, ${victim.name}`;
        await victim.ended();
        const { entries } = victim;
        expect(
          entries.some((entry) => numberOf(entry) >= 0),
          name,
        ).to.equal(true);
        expect(
          entries.map(({ seq }) => seq),
          name,
        ).to.deep.equal(upTo(entries.length));
        const late = entries.filter((entry) => numberOf(entry) >= firstAfter);
        expect(late, `${name}: posted after the answer`).to.deep.equal([]);
        if (end) expect(entries.length, `${name}: committed after`).to.be.at.most(end);
      }
    }
    for (const witness of room.witnesses) witness.close();
    console.log(
      `      ${room.takings.length} ways × ${room.takings[0]!.victims.length} followers during ${head} entries`,
    );
  };

  it("gets nothing that comes after, on both nodes and both transports", scenario);

  it("gets nothing that comes after while Redis is away", async function () {
    await redis.stop();
    await scenario.call(this);
  });
});

/** Somebody who follows and whose right will end. */
interface Victim {
  name: string;
  entries: Entry[];
  /** Resolves when it was told and whatever the server sent it before is here. */
  ended(): Promise<void>;
}

interface Taking {
  what: string;
  victims: Victim[];
  /** Number of the first post that began after the answer to the command that took the right. */
  firstAfter: number;
  /** What the entry says that records it, if one does. */
  event?: Record<string, unknown>;
  takeAway(): Promise<unknown>;
}

/** Somebody who keeps the right to follow. */
interface Witness {
  entries: readonly Entry[];
  reached(seq: number): Promise<void>;
  close(): void;
}

interface Room {
  session_id: string;
  takings: Taking[];
  witnesses: Witness[];
}

/** Opens a session and has everybody whose right will end follow it, four times each. */
async function openRoom(owner: TestClient, nodes: readonly TestNode[]): Promise<Room> {
  const team = await owner.call("team.create", {
    name: "Crew",
    type: "round_robin",
    termination_condition_type: "max_turns",
    termination_condition_config: { max_turns: 10 },
  });
  const inSession = await newBot(owner, "in the session");
  const inTeam = await newBot(owner, "in the team");
  const deleted = await newBot(owner, "to be deleted");
  const revokedBot = await newBot(owner, "with a revoked token");
  for (const { agent_id } of [inTeam, deleted, revokedBot]) {
    await owner.call("team.add_agent", { team_id: team.id, agent_id });
  }
  const agent_ids = [inSession.agent_id];
  const { id: session_id } = await owner.call("session.create", {
    title: "Rights",
    team_id: team.id,
    agent_ids,
  });
  const [revoked, removed] = [await newPerson(owner), await newPerson(owner)];
  for (const { user_id } of [revoked, removed]) {
    await owner.call("session.add_member", { session_id, user_id });
  }
  const victims = async (token: string, tokenEnds: boolean) =>
    (
      await Promise.all(
        nodes.map(async ({ url }, index) => [
          await socketVictim(`node ${index}, socket`, url, token, session_id, tokenEnds),
          await eventsVictim(`node ${index}, events`, url, token, session_id),
        ]),
      )
    ).flat();
  const taking = async (
    what: string,
    { token }: { token: string },
    ends: "token" | "place",
    takeAway: () => Promise<unknown>,
    event?: Record<string, unknown>,
  ): Promise<Taking> => ({
    what,
    victims: await victims(token, ends === "token"),
    firstAfter: Number.POSITIVE_INFINITY,
    takeAway,
    ...(event && { event }),
  });
  const takings = [
    await taking("revoked token", revoked, "token", () =>
      owner.call("token.revoke", { token_id: revoked.token_id }),
    ),
    await taking(
      "removed member",
      removed,
      "place",
      () => owner.call("session.remove_member", { session_id, user_id: removed.user_id }),
      { event: "member.removed", user_id: removed.user_id },
    ),
    await taking(
      "agent out of the session",
      inSession,
      "place",
      () => owner.call("session.update", { session_id, agent_ids: [] }),
      { event: "session.updated" },
    ),
    await taking("agent out of the team", inTeam, "place", () =>
      owner.call("team.remove_agent", { team_id: team.id, agent_id: inTeam.agent_id }),
    ),
    await taking("deleted agent", deleted, "token", () =>
      owner.call("agent.delete", { agent_id: deleted.agent_id }),
    ),
    await taking("revoked bot's token", revokedBot, "token", () =>
      owner.call("token.revoke", { token_id: revokedBot.token_id }),
    ),
  ];
  const witnesses = await Promise.all(
    nodes.flatMap(({ url }) => [socketWitness(url, session_id), eventsWitness(url, session_id)]),
  );
  // The last to be ready and the first to end, since its time runs already.
  const expires_at = new Date(Date.now() + EXPIRES_AFTER_MS);
  const expiring = await newPerson(owner, { expires_at: expires_at.toISOString() });
  await owner.call("session.add_member", { session_id, user_id: expiring.user_id });
  takings.unshift(await taking("expired token", expiring, "token", () => until(expires_at)));
  return { session_id, takings, witnesses };
}

async function socketVictim(
  name: string,
  url: string,
  token: string,
  session_id: string,
  tokenEnds: boolean,
): Promise<Victim> {
  const client = await connect(url, token);
  const told = heard(client, "closed");
  const disconnected = heard(client, "disconnect");
  const { entries } = await Follower.join(client, session_id, 0);
  return {
    name,
    entries,
    ended: async () => {
      await told;
      if (tokenEnds) await disconnected;
      // A socket that stays connected answers after whatever was sent before.
      else await client.call("me.get", {});
      client.close();
    },
  };
}

function heard({ socket }: TestClient, event: string): Promise<void> {
  return new Promise((resolve) => socket.once(event, () => resolve()));
}

async function eventsVictim(
  name: string,
  url: string,
  token: string,
  session_id: string,
): Promise<Victim> {
  const { entries, ended } = await EventStream.open(url, token, session_id, 0);
  return {
    name,
    entries,
    ended: async () => {
      expect(await ended, name).to.be.a("string");
    },
  };
}

async function socketWitness(url: string, session_id: string): Promise<Witness> {
  const follower = await Follower.join(await connect(url), session_id, 0);
  return {
    entries: follower.entries,
    reached: (seq) => follower.reached(seq),
    close: () => follower.client.close(),
  };
}

function eventsWitness(url: string, session_id: string): Promise<Witness> {
  return EventStream.open(url, OWNER_TOKEN, session_id, 0);
}

/** Posts on every node, one after another in each lane, until told to stop. */
function keepPosting(owners: readonly TestClient[], session_id: string) {
  const posts = {
    begun: 0,
    answered: 0,
    async reached(count: number): Promise<void> {
      while (this.answered < count) await answers.next();
    },
    /** Resolves, after one last post on each node, with the number of the newest entry. */
    async stop(): Promise<number> {
      going = false;
      await Promise.all(lanes);
      const last = [];
      for (const owner of owners) last.push(await post(owner));
      return last.at(-1)!.seq;
    },
  };
  let going = true;
  const answers = signal();
  const post = (owner: TestClient) => {
    const content = String(posts.begun);
    posts.begun += 1;
    return owner.call("comment.post", { session_id, content });
  };
  const lane = async (owner: TestClient) => {
    while (going) {
      await post(owner);
      posts.answered += 1;
      answers.give();
    }
  };
  const lanes = owners.flatMap((owner) => Array.from({ length: LANES }, () => lane(owner)));
  return posts;
}

/** Something that happens again and again: `next` resolves at the next `give`. */
function signal(): { next(): Promise<void>; give(): void } {
  let waiting: (() => void)[] = [];
  return {
    next: () => new Promise((resolve) => waiting.push(resolve)),
    give() {
      const woken = waiting;
      waiting = [];
      for (const resolve of woken) resolve();
    },
  };
}

async function until(moment: Date): Promise<void> {
  while (Date.now() <= moment.getTime()) {
    await setTimeout(moment.getTime() - Date.now() + 1);
  }
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

/** The number of a post, or -1 for what the server recorded. */
function numberOf(entry: Entry): number {
  return entry.kind === "comment" ? Number(entry.content) : -1;
}

function matches(entry: Entry, event: Record<string, unknown>): boolean {
  return (
    entry.kind === "log_entry" &&
    Object.entries(event).every(([name, value]) => entry.data?.[name] === value)
  );
}
