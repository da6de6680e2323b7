import { EventEmitter, once } from "node:events";
import { expect } from "chai";
import pino from "pino";
import type { Present } from "../../contract/signal.ts";
import { Presence } from "../../server/realtime/presence.ts";
import { noReports, RedisReports } from "../../server/realtime/presence_reports.ts";
import { connectRedis, type RedisLink } from "../../server/redis.ts";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { newPerson } from "../support/people.ts";
import { openPolling } from "../support/polling.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { startSilentProxy } from "../support/silent_proxy.ts";

const logger = pino({ level: "silent" });
const person = (user_id: string = crypto.randomUUID()) => ({ user_id, agent_id: null });

/** The presence of one node, and what it told the followers that it has. */
class Site {
  readonly told: { session_id: string; members: Present[]; at: number }[] = [];
  readonly presence: Presence;
  readonly #redis: RedisLink | null;
  readonly #events = new EventEmitter();

  constructor(redis_url?: string) {
    const redis = redis_url === undefined ? null : connectRedis([redis_url], logger);
    this.#redis = redis;
    const node_id = crypto.randomUUID();
    this.presence = new Presence({
      tell: (session_id, members) => {
        this.told.push({ session_id, members, at: performance.now() });
        this.#events.emit("told");
      },
      reports: (listener) =>
        redis ? new RedisReports(redis.channels, node_id, listener) : noReports,
    });
  }

  /** @returns what to call when the followers leave */
  enter(session_id: string, ...user_ids: string[]): () => void {
    const exits = user_ids.map((id) => this.presence.enter(session_id, person(id), "observer"));
    return () => {
      for (const exit of exits) exit();
    };
  }

  /** Resolves when it has told that so many connections follow a session. */
  async until(session_id: string, connections: number): Promise<void> {
    const count = () => {
      const { members } = this.told.findLast((told) => told.session_id === session_id) ?? {};
      return members?.reduce((sum, member) => sum + member.connections, 0);
    };
    while (count() !== connections) await once(this.#events, "told");
  }

  of(session_id: string) {
    return this.told.filter((told) => told.session_id === session_id);
  }

  /** Ends it like an operator does. */
  stop(): void {
    this.presence.stop();
    this.#redis?.close();
  }

  /** Lets nothing pass any more between it and the others. */
  cutOff(): void {
    this.#redis?.close();
  }
}

describe("presence", () => {
  const [ann, bob] = [crypto.randomUUID(), crypto.randomUUID()];
  const id = () => crypto.randomUUID();

  it("gathers what changes in a moment, and counts the connections of each member", async () => {
    const site = new Site();
    const session_id = id();
    site.enter(session_id, ann, bob, ann);
    const leave = site.enter(session_id, bob);
    const members = [
      { user_id: ann, role: "observer", connections: 2 },
      { user_id: bob, role: "observer", connections: 2 },
    ];
    expect(site.presence.members(session_id)).to.deep.equal(members);
    await site.until(session_id, 4);
    leave();
    await site.until(session_id, 3);
    expect(site.of(session_id).map((told) => told.members)).to.deep.equal([
      members,
      [members[0], { ...members[1], connections: 1 }],
    ]);
    site.stop();
  });

  it("tells nothing when somebody only connected again", async () => {
    const site = new Site();
    const session_id = id();
    site.enter(session_id, bob);
    const leave = site.enter(session_id, ann);
    await site.until(session_id, 2);
    leave();
    site.enter(session_id, ann);
    // What changes after it elsewhere is told after it would have been.
    const other = id();
    site.enter(other, ann);
    await site.until(other, 1);
    expect(site.of(session_id)).to.have.length(1);
    site.stop();
  });

  it("rests a session the longer, the more members are told to the more followers", async () => {
    const site = new Site();
    const session_id = id();
    site.enter(session_id, ...Array.from({ length: 500 }, id));
    await site.until(session_id, 500);
    site.enter(session_id, id());
    await site.until(session_id, 501);
    const [first, second] = site.of(session_id);
    // 540 × 540 × 2 µs; timers and clocks differ by a millisecond or two.
    expect(second!.at - first!.at).to.be.at.least(580);
    site.stop();
  });

  it("goes on when the clock is set back", async () => {
    const clock = Date.now;
    const site = new Site();
    const session_id = id();
    try {
      site.enter(session_id, ann);
      await site.until(session_id, 1);
      Date.now = () => clock() - 3_600_000;
      site.enter(session_id, bob);
      await site.until(session_id, 2);
    } finally {
      Date.now = clock;
      site.stop();
    }
  });

  describe("to the clients of a node", () => {
    let database: TestDatabase;
    let node: TestNode;
    const clients: TestClient[] = [];

    before(async () => {
      database = await createDatabase();
      node = await startNode({ DATABASE_URL: database.url });
    });

    after(async () => {
      for (const client of clients) client.close();
      await node.stop();
      await database.drop();
    });

    const newClient = async (token?: string) => {
      const client = await connect(node.url, token);
      clients.push(client);
      return client;
    };

    it("tells the role that somebody has by now", async () => {
      const owner = await newClient();
      const { user_id, token } = await newPerson(owner);
      const { id: session_id } = await owner.call("session.create", { title: "Room" });
      const give = (role: "observer" | "participant") =>
        owner.call("session.add_member", { session_id, user_id, role });
      await give("observer");
      for (const client of [owner, await newClient(token), await newClient(token)]) {
        await client.call("session.join", { session_id });
      }
      const told = new Promise<Present[]>((resolve) => {
        owner.socket.on("presence", ({ members }: { members: Present[] }) => {
          if (members.some(({ role }) => role === "participant")) resolve(members);
        });
      });
      await give("participant");
      expect(await told).to.deep.include({ user_id, role: "participant", connections: 2 });
    });

    it("tells who came meanwhile to those who were behind, once they are not", async () => {
      const owner = await newClient();
      const { user_id, token } = await newPerson(owner);
      const { id: session_id } = await owner.call("session.create", { title: "Room" });
      await owner.call("session.add_member", { session_id, user_id });
      const content = "x".repeat(90_000);
      for (let n = 0; n < 10; n += 1) await owner.call("comment.post", { session_id, content });
      await owner.call("session.join", { session_id });
      // It gets some pages at the most, and the next when it asks for more.
      const behind = await openPolling(node.url);
      const hear = async (start: string) => {
        for (;;) {
          const packets = (await behind.poll()).split("\x1e");
          const heard = packets.find((packet) => packet.startsWith(start));
          if (heard) return heard;
        }
      };
      await behind.send([`40${JSON.stringify({ token: OWNER_TOKEN })}`]);
      await hear("40");
      await behind.send([`420["session.join",${JSON.stringify({ session_id, after: 0 })}]`]);
      // Whoever came before this reply is in it, and is not told of again.
      await hear("430");
      const told = new Promise<Present[]>((resolve) => {
        owner.socket.on("presence", ({ members }: { members: Present[] }) => {
          if (members.some((member) => member.user_id === user_id)) resolve(members);
        });
      });
      await (await newClient(token)).call("session.join", { session_id });
      const members = await told;
      const presence = await hear('42["presence"');
      expect(JSON.parse(presence.slice(2))).to.deep.equal(["presence", { session_id, members }]);
    });
  });

  describe("of several nodes", () => {
    let redis: TestRedis;
    const sites: Site[] = [];
    const newSite = (url = redis.url) => {
      const site = new Site(url);
      sites.push(site);
      return site;
    };

    before(async () => {
      redis = await startRedis({ own: true });
    });

    afterEach(() => {
      for (const site of sites.splice(0)) site.stop();
    });

    after(() => redis.stop());

    it("is one sum on all of them, also on one that comes later", async () => {
      const [here, there] = [newSite(), newSite()];
      const session_id = id();
      const leave = here.enter(session_id, ann);
      there.enter(session_id, ann, bob);
      await Promise.all([here.until(session_id, 3), there.until(session_id, 3)]);
      const late = newSite();
      late.enter(session_id, bob);
      await Promise.all([here, there, late].map((site) => site.until(session_id, 4)));
      leave();
      await Promise.all([there, late].map((site) => site.until(session_id, 3)));
    });

    it("forgets a node at once when it ends, and in time when it is heard of no more", async function () {
      this.timeout(40_000);
      const [here, ending, dying] = [newSite(), newSite(), newSite()];
      const session_id = id();
      for (const site of [here, ending, dying]) site.enter(session_id, ann);
      await here.until(session_id, 3);
      ending.stop();
      await here.until(session_id, 2);
      dying.cutOff();
      await here.until(session_id, 1);
    });

    it("is right again after one node's way to Redis was cut so briefly that it had nothing to say", async function () {
      this.timeout(40_000);
      const proxy = await startSilentProxy(redis.url);
      const [here, there, other] = [newSite(proxy.url), newSite(), newSite()];
      const session_id = id();
      for (const site of [here, other]) site.enter(session_id, ann);
      const leave = there.enter(session_id, bob);
      await Promise.all([here.until(session_id, 3), other.until(session_id, 3)]);
      proxy.cut();
      leave();
      await other.until(session_id, 2);
      proxy.mend();
      await here.until(session_id, 2);
      await proxy.stop();
    });

    it("is right again after Redis was away, and waits for nothing meanwhile", async function () {
      this.timeout(40_000);
      const [here, there] = [newSite(), newSite()];
      const session_id = id();
      const leave = here.enter(session_id, ann);
      there.enter(session_id, bob);
      await Promise.all([here.until(session_id, 2), there.until(session_id, 2)]);
      await redis.stop();
      leave();
      here.enter(session_id, ann, ann, ann);
      await here.until(session_id, 4);
      const begun = id();
      here.enter(begun, ann);
      await here.until(begun, 1);
      there.enter(begun, bob);
      // One that is followed, forgotten, and followed again.
      const again = id();
      here.enter(again, ann)();
      const later = id();
      here.enter(later, ann);
      await here.until(later, 1);
      here.enter(again, ann);
      there.enter(again, bob);
      await redis.start();
      await Promise.all([there.until(session_id, 4), here.until(begun, 2), there.until(begun, 2)]);
      await Promise.all([here.until(again, 2), there.until(again, 2)]);
      here.enter(again, id());
      await Promise.all([here.until(again, 3), there.until(again, 3)]);
    });
  });
});
