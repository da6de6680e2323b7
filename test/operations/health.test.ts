import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import pg from "pg";
import { metrics } from "../../server/metrics.ts";
import { connect, Follower } from "../support/client.ts";
import { startCluster, type TestCluster } from "../support/database.ts";
import { request } from "../support/http.ts";
import { type Figures, metricsUntil, readMetrics } from "../support/metrics.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";

describe("what a node tells its operator", () => {
  let cluster: TestCluster;
  let redis: TestRedis;
  let node: TestNode;

  before(async () => {
    [cluster, redis] = await Promise.all([startCluster(), startRedis({ own: true })]);
    node = await startNode({
      DATABASE_URL: cluster.url,
      REDIS_URL: redis.url,
      LOG_LEVEL: "trace",
      STREAM_POLL_MS: "50",
    });
  });

  after(async () => {
    await node.stop();
    await Promise.all([redis.stop(), cluster.remove()]);
  });

  const readiness = async () => {
    const response = await fetch(`${node.url}/readyz`);
    const body = (await response.json()) as { status: string; parts: object };
    return { code: response.status, status: body.status, parts: body.parts };
  };
  const untilReady = async (parts: object) => {
    let last = await readiness();
    while (JSON.stringify(last.parts) !== JSON.stringify(parts)) {
      await setTimeout(50);
      last = await readiness();
    }
    return last;
  };

  it("counts connections, joins, posts, commits, deliveries and commands", async () => {
    const owner = await connect(node.url);
    const session = await owner.call("session.create", { title: "Figures" });
    const before = await readMetrics(node.url);
    const follower = await Follower.join(await connect(node.url), session.id, 0);
    const posts = Array.from({ length: 200 }, (_, index) =>
      owner.call("comment.post", { session_id: session.id, content: `${index}` }),
    );
    await Promise.all(posts);
    await follower.reached(200);
    const after = await metricsUntil(node.url, (figures) => {
      return figures.get('taskmaster_subscribers{state="live"}') === 1;
    });
    const moved = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(moved("taskmaster_connections")).to.equal(1);
    expect(moved("taskmaster_joins_total")).to.equal(1);
    expect(moved("taskmaster_entries_appended_total")).to.equal(200);
    expect(moved("taskmaster_append_batch_size_sum")).to.equal(200);
    const commits = moved("taskmaster_append_batch_size_count");
    expect(commits).to.be.within(1, 199);
    expect(moved("taskmaster_append_commit_seconds_count")).to.equal(commits);
    expect(moved("taskmaster_append_commit_seconds_sum")).to.be.above(0);
    expect(moved("taskmaster_entries_delivered_total")).to.equal(200);
    expect(moved("taskmaster_delivery_seconds_count")).to.be.above(0);
    expect(moved('taskmaster_commands_total{command="comment.post",outcome="ok"}')).to.equal(200);
    expect(after.get('taskmaster_subscribers{state="behind"}')).to.equal(0);
    expect(after.get('taskmaster_database_pool_connections{state="available"}')).to.be.above(0);
    owner.close();
    follower.client.close();
    await metricsUntil(node.url, (figures) => figures.get("taskmaster_connections") === 0);
  });

  it("shows every figure that the code counts", async () => {
    const text = await (await fetch(`${node.url}/metrics`)).text();
    for (const metric of Object.values(metrics)) {
      const { name } = metric as unknown as { name: string };
      expect(text, name).to.match(new RegExp(`^# TYPE ${name} (counter|gauge|histogram)$`, "m"));
    }
  });

  it("gives every answer a request id, and finds the failure by it in the log", async () => {
    await cluster.stop();
    const { status, headers, body } = await request(node.url, OWNER_TOKEN, "/me");
    await cluster.start();
    expect(status).to.equal(503);
    expect(body).to.include({ code: "unavailable" });
    const id = headers.get("X-Request-Id")!;
    expect(id).to.match(/^[0-9a-f-]{36}$/);
    while (!node.log().includes(id)) await setTimeout(20);
    const line = node
      .log()
      .split("\n")
      .find((text) => text.includes(id))!;
    expect(JSON.parse(line)).to.deep.include({
      req: { id, method: "GET", path: "/api/v1/me", ip: "127.0.0.1" },
      res: { status: 503 },
    });
    expect((await request(node.url, OWNER_TOKEN, "/me")).status).to.equal(200);
  });

  it("says which part is away, and serves on while that is Redis", async () => {
    const both = { database: "ok", redis: "ok" };
    expect(await untilReady(both)).to.deep.include({ code: 200, status: "ok" });
    await redis.stop();
    expect(await untilReady({ ...both, redis: "away" })).to.deep.include({
      code: 200,
      status: "ok",
    });
    await cluster.stop();
    expect(await untilReady({ database: "away", redis: "away" })).to.deep.include({
      code: 503,
      status: "unavailable",
    });
    expect((await fetch(`${node.url}/healthz`)).status).to.equal(200);
    await Promise.all([cluster.start(), redis.start()]);
    expect(await untilReady(both)).to.deep.include({ code: 200, status: "ok" });
  });

  it("is not ready while PostgreSQL takes no writes, as one that is a standby now", async () => {
    const owner = await connect(node.url);
    const { id: session_id } = await owner.call("session.create", { title: "Read only" });
    const set = (value: string) =>
      query(
        cluster.url,
        `ALTER SYSTEM SET default_transaction_read_only = ${value}`,
        "SELECT pg_reload_conf()",
      );
    await set("on");
    expect(await untilReady({ database: "away", redis: "ok" })).to.include({ code: 503 });
    const refused = await owner.send("comment.post", { session_id, content: "not now" });
    expect(refused).to.nested.include({ "error.code": "unavailable" });
    while (!node.log().includes("PostgreSQL takes no writes")) {
      await once(node.process.stderr!, "data");
    }
    await set("off");
    expect(await untilReady({ database: "ok", redis: "ok" })).to.include({ code: 200 });
    await owner.call("comment.post", { session_id, content: "again" });
    owner.close();
  });

  it("counts the hints that Redis lost, and those that the poll made up for", async () => {
    const second = await startNode({
      DATABASE_URL: cluster.url,
      REDIS_URL: redis.url,
      STREAM_POLL_MS: "50",
    });
    const [here, there] = await Promise.all([connect(node.url), connect(second.url)]);
    const session = await here.call("session.create", { title: "Lost hints" });
    const follower = await Follower.join(there, session.id, 0);
    await redis.stop();
    await untilReady({ database: "ok", redis: "away" });
    await here.call("comment.post", { session_id: session.id, content: "unannounced" });
    await follower.reached(1);
    const count = (figures: Figures, name: string) => figures.get(name) ?? 0;
    await metricsUntil(node.url, (now) => count(now, "taskmaster_hints_lost_total") > 0);
    await metricsUntil(second.url, (now) => count(now, "taskmaster_hints_repaired_total") > 0);
    await redis.start();
    here.close();
    there.close();
    await second.stop();
  });

  it("writes no secret into its log, whatever fails", async () => {
    const owner = await connect(node.url);
    const { token } = await owner.call("token.create", { name: "secret" });
    const secrets = [OWNER_TOKEN, token, `tm_${"z".repeat(43)}`, "eyJhbGciOi.forged.token"];
    for (const secret of secrets) {
      await request(node.url, secret, "/me");
      await request(node.url, secret, `/nowhere?token=${secret}`);
      await request(node.url, secret, `/sessions/${crypto.randomUUID()}/stream?after=${secret}`);
      await request(node.url, secret, "/tokens", { method: "POST", body: `{"name":"${secret}` });
      await request(node.url, secret, "/agents", {
        method: "POST",
        body: JSON.stringify({ name: "x", secret }),
      });
      await connect(node.url, secret).then(
        (client) => client.close(),
        () => {},
      );
    }
    await cluster.stop();
    for (const secret of secrets) await request(node.url, secret, "/me");
    await owner.send("token.create", { name: "while the database is away" });
    await cluster.start();
    owner.close();
    await untilReady({ database: "ok", redis: "ok" });
    expect(node.log()).to.include("/api/v1/tokens");
    for (const secret of secrets) expect(node.log().includes(secret), secret).to.equal(false);
  });

  it("keeps the password of a Redis that refuses it to itself", async () => {
    const refusing = createServer((socket) => {
      socket
        .on("error", () => {})
        .on("data", (data) => {
          const commands = data.toString().match(/^\*\d+\r$/gm)?.length ?? 0;
          socket.write("-WRONGPASS invalid username-password pair\r\n".repeat(commands));
        });
    }).listen(0, "127.0.0.1");
    await once(refusing, "listening");
    const { port } = refusing.address() as AddressInfo;
    const password = "a-password-in-the-url";
    const wrong = await startNode({
      DATABASE_URL: cluster.url,
      REDIS_URL: `redis://:${password}@127.0.0.1:${port}`,
      LOG_LEVEL: "trace",
    });
    while (!wrong.log().includes("WRONGPASS")) await setTimeout(20);
    const code = await wrong.stop();
    refusing.close();
    expect(code).to.equal(0);
    expect(wrong.log()).not.to.include(password);
  });
});

async function query(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  // It holds for this connection too.
  await client.query("SET default_transaction_read_only = off");
  for (const statement of statements) await client.query(statement);
  await client.end();
}
