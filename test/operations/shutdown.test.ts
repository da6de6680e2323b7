import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { createInterface } from "node:readline";
import { expect } from "chai";
import pg from "pg";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { EventStream } from "../support/events.ts";
import { request } from "../support/http.ts";
import { metricsUntil } from "../support/metrics.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { programOf } from "../support/programs.ts";
import { startRedis } from "../support/redis.ts";
import { startSilentProxy } from "../support/silent_proxy.ts";

const POSTS = 2_000;
const LIMIT_MS = 10_000;

describe("a node that is told to stop", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;
  let session_id: string;

  beforeEach(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url, SHUTDOWN_TIMEOUT_MS: String(LIMIT_MS) });
    owner = await connect(node.url);
    session_id = (await owner.call("session.create", { title: "The end" })).id;
  });

  afterEach(async () => {
    owner.close();
    await node.stop();
    await database.drop();
  });

  /** The ids that are stored, read through another node. */
  const stored = async (): Promise<Set<string>> => {
    const second = await startNode({ DATABASE_URL: database.url });
    const ids = new Set<string>();
    for (let after = 0; ; after += 1000) {
      const query = `?after=${after}&limit=1000`;
      const { body } = await request(
        second.url,
        OWNER_TOKEN,
        `/sessions/${session_id}/stream${query}`,
      );
      const page = body as { entries: { id: string }[]; has_more: boolean };
      for (const entry of page.entries) ids.add(entry.id);
      if (!page.has_more) break;
    }
    await second.stop();
    return ids;
  };

  it("stores what it has acknowledged, and acknowledges what it has stored", async () => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => connect(node.url)));
    const acknowledged = new Set<string>();
    const refused = new Map<string, string>();
    const untold = new Set<string>();
    const posts = Array.from({ length: POSTS }, async (_, index) => {
      const id = crypto.randomUUID();
      const client = clients[index % clients.length]!;
      try {
        const reply = await client.send("comment.post", { session_id, content: `${index}`, id });
        if (reply.ok) acknowledged.add(id);
        else refused.set(id, reply.error.code);
      } catch {
        untold.add(id);
      }
    });
    await Promise.race(posts);
    const reasons = clients.map(
      ({ socket }) => new Promise<string>((resolve) => socket.once("disconnect", resolve)),
    );
    const started = performance.now();
    const code = await node.stop();
    expect(performance.now() - started).to.be.below(LIMIT_MS);
    await Promise.all(posts);
    expect(code).to.equal(0);
    expect(acknowledged.size + refused.size + untold.size).to.equal(POSTS);
    expect(acknowledged.size).to.be.above(0);
    for (const reason of refused.values()) expect(reason).to.equal("unavailable");
    // So that Socket.IO's clients connect again by themselves; "io server disconnect" keeps them away.
    for (const reason of await Promise.all(reasons)) expect(reason).to.equal("transport close");
    const ids = await stored();
    for (const id of acknowledged)
      expect(ids.has(id), "acknowledged, but not stored").to.equal(true);
    for (const id of ids) expect(refused.has(id), "stored, but refused").to.equal(false);
    const silent = [...ids].filter((id) => !acknowledged.has(id) && !untold.has(id));
    expect(silent, "stored, and its client was told nothing").to.deep.equal([]);
  });

  it("answers what it accepted over HTTP, and is not held up by those who only wait", async () => {
    const keepAlive = new Agent({ keepAlive: true });
    const idle = httpRequest(`${node.url}/healthz`, { agent: keepAlive }).end();
    const [answer] = await once(idle, "response");
    await once(answer.resume(), "end");
    const half = httpRequest(`${node.url}/api/v1/sessions/${session_id}/comments`, {
      method: "POST",
      headers: { Authorization: `Bearer ${OWNER_TOKEN}`, "Content-Length": 100 },
    });
    half.on("error", () => {});
    half.write("{");
    const stream = await EventStream.open(node.url, OWNER_TOKEN, session_id);
    await metricsUntil(node.url, (figures) => {
      return figures.get('taskmaster_subscribers{state="live"}') === 1;
    });
    const posts = Array.from({ length: 50 }, (_, index) =>
      request(node.url, OWNER_TOKEN, `/sessions/${session_id}/comments`, {
        method: "POST",
        body: JSON.stringify({ content: `${index}` }),
      }).then(
        ({ status }) => status,
        () => "disconnected",
      ),
    );
    await Promise.race(posts);
    const started = performance.now();
    expect(await node.stop()).to.equal(0);
    expect(performance.now() - started).to.be.below(LIMIT_MS / 2);
    const statuses = await Promise.all(posts);
    await stream.ended();
    const created = statuses.filter((status) => status === 201).length;
    expect((await stored()).size).to.equal(created);
    expect(created).to.be.above(0);
    keepAlive.destroy();
  });

  it("ends in good order while Redis is away", async () => {
    const redis = await startRedis({ own: true });
    await redis.stop();
    const alone = await startNode({ DATABASE_URL: database.url, REDIS_URL: redis.url });
    const client = await connect(alone.url);
    await client.call("session.join", { session_id });
    expect(await alone.stop()).to.equal(0);
    client.close();
  });

  it("ends in good order though PostgreSQL says nothing and closes no connection", async () => {
    const proxy = await startSilentProxy(database.url);
    const alone = await startNode({ DATABASE_URL: proxy.url, SHUTDOWN_TIMEOUT_MS: "1000" });
    const client = await connect(alone.url);
    await client.call("comment.post", { session_id, content: "so that all connections are used" });
    proxy.silenceAll();
    expect(await alone.stop()).to.equal(0);
    client.close();
    await proxy.stop();
  });

  it("ends also while it waits for the migrations of another node", async () => {
    const other = new pg.Client(database.url);
    await other.connect();
    await other.query("SELECT pg_advisory_lock(7436551)");
    const waiting = spawn(process.execPath, [programOf("server/main.ts")], {
      env: { ...process.env, DATABASE_URL: database.url, PORT: "0", LOG_LEVEL: "info" },
      stdio: ["ignore", "inherit", "pipe"],
    });
    const exited = once(waiting, "exit");
    for await (const line of createInterface({ input: waiting.stderr })) {
      if (line.includes("waiting for another node's migrations")) waiting.kill("SIGTERM");
    }
    // Not by the signal itself, which process 1 of a container would ignore.
    expect(await exited).to.deep.equal([1, null]);
    await other.end();
  });
});
