import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { EventStream } from "../support/events.ts";
import { request } from "../support/http.ts";
import { metricsUntil, readMetrics } from "../support/metrics.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";

interface Page {
  entries: { seq: number; content: string }[];
  head_seq: number;
  has_more: boolean;
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("a session's stream over HTTP", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;
  /** Open from the first test to the last, in a session where nothing happens. */
  let idle: EventStream;

  before(async () => {
    database = await createDatabase();
    node = await startNode({
      DATABASE_URL: database.url,
      STREAM_POLL_MS: "50",
      SUBSCRIBER_BUFFER_BYTES: "65536",
    });
    owner = await connect(node.url);
    const session = await owner.call("session.create", { title: "Silence" });
    idle = await EventStream.open(node.url, OWNER_TOKEN, session.id);
  });

  after(async () => {
    owner.close();
    await node.stop();
    await database.drop();
  });

  const sessionOf = async (count: number, content = (number: number) => `entry ${number}`) => {
    const session = await owner.call("session.create", { title: "Stream" });
    await post(session.id, 1, count, content);
    return session.id;
  };
  const post = (
    session_id: string,
    from: number,
    to: number,
    content = (number: number) => `entry ${number}`,
  ) =>
    Promise.all(
      numbers(from, to).map((number) =>
        owner.call("comment.post", { session_id, content: content(number) }),
      ),
    );
  const open = (session_id: string, query = "", headers: Record<string, string> = {}) =>
    EventStream.open(node.url, OWNER_TOKEN, session_id, { query, headers });
  const refusalOf = async (opening: Promise<EventStream>): Promise<string> => {
    try {
      (await opening).abort();
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error("the stream was opened");
  };
  /** Resolves when the server hands out nothing any more, since every buffer on the way is full. */
  const untilStalled = async () => {
    const delivered = async () =>
      (await readMetrics(node.url)).get("taskmaster_entries_delivered_total")!;
    let last = -1;
    for (let now = await delivered(); now !== last; now = await delivered()) {
      last = now;
      await setTimeout(200);
    }
  };
  /** A token of the owner's own that can be revoked, with its id. */
  const makeToken = () => owner.call("token.create", { name: "to be revoked", scope: "read" });

  describe("as JSON", () => {
    it("comes in pages that say how far it goes and whether there is more", async () => {
      const session_id = await sessionOf(5);
      const read = async (query: string) => {
        const reply = await request(
          node.url,
          OWNER_TOKEN,
          `/sessions/${session_id}/stream${query}`,
        );
        expect(reply.status).to.equal(200);
        const { entries, ...rest } = reply.body as Page;
        return { seqs: entries.map((entry) => entry.seq), ...rest };
      };
      expect(await read("")).to.deep.equal({
        seqs: [1, 2, 3, 4, 5],
        head_seq: 5,
        has_more: false,
      });
      expect(await read("?after=1&limit=2")).to.deep.equal({
        seqs: [2, 3],
        head_seq: 5,
        has_more: true,
      });
      expect(await read("?after=3&limit=2")).to.deep.equal({
        seqs: [4, 5],
        head_seq: 5,
        has_more: false,
      });
      expect(await read("?after=5")).to.deep.equal({ seqs: [], head_seq: 5, has_more: false });
    });

    it("refuses a cursor or a limit that is none, and a cursor of a stream that had more", async () => {
      const session_id = await sessionOf(1);
      for (const query of [
        "?after=2",
        "?after=-1",
        "?after=x",
        "?after=1.5",
        "?limit=0",
        "?limit=1001",
        "?limit=1&limit=2",
        "?constructor=1",
        "?__proto__=1",
      ]) {
        const reply = await request(
          node.url,
          OWNER_TOKEN,
          `/sessions/${session_id}/stream${query}`,
        );
        expect(reply.status, query).to.equal(400);
        expect(reply.body).to.include({ code: "invalid_input" });
      }
    });
  });

  describe("as Server-Sent Events", () => {
    it("gives the backlog and then what comes, each entry once, with its seq as the id", async () => {
      const session_id = await sessionOf(300);
      const stream = await open(session_id);
      expect(stream.response.headers["content-type"]).to.equal("text/event-stream");
      expect(stream.response.headers["cache-control"]).to.equal("no-store");
      await post(session_id, 301, 600);
      await stream.reached(600);
      expect(stream.seqs).to.deep.equal(numbers(1, 600));
      expect(stream.ids).to.deep.equal(numbers(1, 600).map(String));
      const page = await request(node.url, OWNER_TOKEN, `/sessions/${session_id}/stream?limit=1`);
      expect(stream.entries[0]).to.deep.equal((page.body as Page).entries[0]);
      stream.abort();
    });

    it("goes on after ?after, and after Last-Event-ID rather than that", async () => {
      const session_id = await sessionOf(6);
      const after = await open(session_id, "?after=2");
      await after.reached(6);
      expect(after.seqs).to.deep.equal([3, 4, 5, 6]);
      const last = await open(session_id, "?after=2", { "Last-Event-ID": "4" });
      await last.reached(6);
      expect(last.seqs).to.deep.equal([5, 6]);
      after.abort();
      last.abort();
    });

    it("misses nothing across reconnects while others post", async () => {
      const session_id = await sessionOf(0);
      const posted = post(session_id, 1, 400);
      const seqs: number[] = [];
      while (seqs.length < 400) {
        const last = seqs.at(-1) ?? 0;
        const stream = await open(session_id, "", last > 0 ? { "Last-Event-ID": `${last}` } : {});
        await stream.reached(Math.min(last + 40, 400));
        stream.abort();
        seqs.push(...stream.seqs);
      }
      await posted;
      expect(seqs).to.deep.equal(numbers(1, 400));
    });

    it("refuses a cursor beyond the newest entry, one that is none, and a limit", async () => {
      const session_id = await sessionOf(2);
      expect(await refusalOf(open(session_id, "?after=3"))).to.match(/^400 .*"invalid_input"/);
      expect(await refusalOf(open(session_id, "", { "Last-Event-ID": "3" }))).to.match(/^400 /);
      expect(await refusalOf(open(session_id, "", { "Last-Event-ID": "two" }))).to.match(/^400 /);
      const good = { "Last-Event-ID": "1" };
      expect(await refusalOf(open(session_id, "?after=abc", good))).to.match(/^400 .*"after"/);
      expect(await refusalOf(open(session_id, "?limit=5"))).to.match(/^400 .*limit/);
    });

    it("ends at once for a HEAD, which asks for no entries", async () => {
      const session_id = await sessionOf(1);
      const { status } = await fetch(`${node.url}/api/v1/sessions/${session_id}/stream`, {
        method: "HEAD",
        headers: { Authorization: `Bearer ${OWNER_TOKEN}`, Accept: "text/event-stream" },
      });
      expect(status).to.equal(200);
    });

    it("is not there for somebody who may not follow the session", async () => {
      const session_id = await sessionOf(1);
      const stranger = await owner.call("user.create", {
        email: `${crypto.randomUUID()}@example.org`,
        name: "Stranger",
      });
      const { token } = await owner.call("token.create", { name: "own", user_id: stranger.id });
      const opening = EventStream.open(node.url, token, session_id);
      expect(await refusalOf(opening)).to.match(/^404 .*"not_found"/);
    });

    it("waits for a reader that pauses, holds nothing back from others, and loses nothing", async () => {
      const text = "x".repeat(100_000);
      const session_id = await sessionOf(0);
      const slow = await open(session_id);
      const quick = await open(session_id);
      slow.response.pause();
      await post(session_id, 1, 300, (number) => `${number} ${text}`);
      await quick.reached(300);
      // 30 MB do not fit into the buffers of the system, so it has fallen behind.
      await metricsUntil(node.url, (figures) => {
        return figures.get('taskmaster_subscribers{state="behind"}') === 1;
      });
      expect(slow.entries.length).to.be.below(300);
      slow.response.resume();
      await slow.reached(300);
      await post(session_id, 301, 301);
      await slow.reached(301);
      expect(slow.seqs).to.deep.equal(numbers(1, 301));
      slow.abort();
      quick.abort();
    });

    it("ends with the reason at once when its token is revoked", async () => {
      const session_id = await sessionOf(1);
      const { token, id } = await makeToken();
      const stream = await EventStream.open(node.url, token, session_id);
      await stream.reached(1);
      await owner.call("token.revoke", { token_id: id });
      await post(session_id, 2, 2);
      await stream.ended();
      expect(stream.closed).to.equal("The token was revoked");
      expect(stream.seqs).to.deep.equal([1]);
    });

    it("ends when its token expires", async () => {
      const session_id = await sessionOf(1);
      const expires_at = new Date(Date.now() + 1_500).toISOString();
      const { token } = await owner.call("token.create", { name: "short", expires_at });
      const stream = await EventStream.open(node.url, token, session_id);
      await stream.ended();
      expect(stream.closed).to.equal("The token has expired");
      expect(Date.now()).to.be.at.least(Date.parse(expires_at));
    });

    it("ends for a paused reader too, and the server lives on", async () => {
      const text = "x".repeat(100_000);
      const session_id = await sessionOf(300, (number) => `${number} ${text}`);
      const { token, id } = await makeToken();
      const stream = await EventStream.open(node.url, token, session_id);
      stream.response.pause();
      await untilStalled();
      await owner.call("token.revoke", { token_id: id });
      await post(session_id, 301, 305);
      await metricsUntil(node.url, (figures) => {
        return figures.get('taskmaster_subscribers{state="behind"}') === 0;
      });
      stream.response.resume();
      await stream.ended();
      expect(stream.entries.length).to.be.below(300);
      expect(node.process.exitCode).to.equal(null);
    });

    it("leaves nothing behind when clients vanish", async () => {
      const session_id = await sessionOf(1);
      const before = (await readMetrics(node.url)).get("taskmaster_joins_total")!;
      const streams = await Promise.all(numbers(1, 40).map(() => open(session_id)));
      await Promise.all(streams.map((stream) => stream.reached(1)));
      await metricsUntil(node.url, (figures) => {
        return figures.get('taskmaster_subscribers{state="live"}') === 41;
      });
      for (const stream of streams) stream.abort();
      const figures = await metricsUntil(node.url, (now) => {
        return now.get('taskmaster_subscribers{state="live"}') === 1;
      });
      expect(figures.get("taskmaster_joins_total")).to.equal(before + 40);
      expect(figures.get('taskmaster_subscribers{state="behind"}')).to.equal(0);
    });

    it("is kept from looking idle by comments", async () => {
      await idle.until(() => idle.comments >= 2);
      expect(idle.entries).to.deep.equal([]);
      idle.abort();
    });
  });
});
