import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { peakMb, residentMb } from "../support/memory.ts";
import { readMetrics } from "../support/metrics.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { openPolling } from "../support/polling.ts";
import { type SilentProxy, startSilentProxy } from "../support/silent_proxy.ts";

const READS = 60;
const LIMIT_MB = 100;

/** The WebSocket under a client of Socket.IO, which by itself never stops reading. */
interface Pausable {
  pause(): void;
  resume(): void;
}

describe("a client that asks and does not take the answers", () => {
  let database: TestDatabase;
  let node: TestNode;
  let client: TestClient;

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    client = await connect(node.url);
  });

  after(async () => {
    client.close();
    await node.stop();
    await database.drop();
  });

  it("costs bounded memory, and gets them all when it reads again", async () => {
    const { id: session_id } = await client.call("session.create", { title: "Large" });
    const content = "x".repeat(250_000);
    for (let n = 0; n < 8; n += 1) await client.call("comment.post", { session_id, content });

    const idle = await connect(node.url);
    const { ws } = idle.socket.io.engine.transport as unknown as { ws: Pausable };
    ws.pause();

    const before = residentMb(node.process.pid!);
    let asked: Promise<unknown>[] = [];
    const peak = await peakMb(node.process.pid!, async () => {
      const read = (by: TestClient) => by.call("stream.read", { session_id });
      asked = Array.from({ length: READS }, () => read(idle));
      // Others are served meanwhile, for longer than all those reads would take.
      for (let n = 0; n < READS; n += 1) await read(client);
    });
    expect(peak - before, "MB more than before").to.be.below(LIMIT_MB);

    ws.resume();
    expect(await Promise.all(asked)).to.have.length(READS);
    idle.close();
  });

  it("is not heard until it takes them, whatever it asks", async () => {
    const config = { text: "x".repeat(250_000) };
    const { id: tool_id } = await client.call("tool.create", { name: "T", type: "api", config });
    const idle = await connect(node.url);
    const { ws } = idle.socket.io.engine.transport as unknown as { ws: Pausable };
    ws.pause();
    const change = (by: TestClient, n: number) =>
      by.call("tool.update", { tool_id, description: `${n}` });
    const asked: Promise<unknown>[] = [];
    for (let n = 0; n < READS; n += 1) {
      asked.push(change(idle, n));
      // Others are served meanwhile, as long as what it asks would take.
      await change(client, -n);
    }
    const done = (await readMetrics(node.url)).get(
      'taskmaster_commands_total{command="tool.update",outcome="ok"}',
    )!;
    expect(done - READS, "changes made").to.be.below(READS / 2);

    ws.resume();
    expect(await Promise.all(asked)).to.have.length(READS);
    idle.close();
  });

  it("is ended where it cannot be kept from asking, as by HTTP polling", async () => {
    const polling = await openPolling(node.url);
    await polling.send([`40${JSON.stringify({ token: OWNER_TOKEN })}`]);
    expect(await polling.poll()).to.match(/^40/);
    const unknown = Array.from({ length: 2_000 }, () => `42["${"x".repeat(100)}"]`);
    const before = residentMb(node.process.pid!);
    const peak = await peakMb(node.process.pid!, async () => {
      while ((await polling.send(unknown)) === 200);
    });
    expect(peak - before, "MB more than before").to.be.below(LIMIT_MB);
    await client.call("me.get", {});
  });

  it("is not heard again once its token is refused", async () => {
    const polling = await openPolling(node.url);
    await polling.send([`40${JSON.stringify({ token: "tm_wrong" })}`]);
    expect(await polling.poll()).to.match(/^44.*unauthenticated/);
    expect(await polling.poll(), "Engine.IO's goodbye").to.match(/1$/);
    expect(await polling.send([`40${JSON.stringify({ token: OWNER_TOKEN })}`])).to.equal(400);
  });
});

describe("a follower that does not read", () => {
  let database: TestDatabase;
  let proxy: SilentProxy;
  let node: TestNode;
  let writer: TestClient;
  let idle: Follower;
  let session_id: string;
  let say: () => Promise<unknown>;

  beforeEach(async () => {
    database = await createDatabase();
    proxy = await startSilentProxy(database.url);
    node = await startNode({ DATABASE_URL: proxy.url, SUBSCRIBER_BUFFER_BYTES: "65536" });
    writer = await connect(node.url);
    const { id: agent_id } = await writer.call("agent.create", { name: "A", type: "assistant" });
    const session = { title: "Room", agent_ids: [agent_id] };
    session_id = (await writer.call("session.create", session)).id;
    await writer.call("session.join", { session_id });
    idle = await Follower.join(await connect(node.url), session_id, 0);
    const delta = { stream_id: randomUUID(), offset: 0, text: "x".repeat(16_000) };
    say = () => writer.call("delta.send", { session_id, agent_id, ...delta });
  });

  afterEach(async () => {
    idle.client.close();
    writer.close();
    await node.stop();
    await proxy.stop();
    await database.drop();
  });

  const stopReading = () => {
    const { ws } = idle.client.socket.io.engine.transport as unknown as { ws: Pausable };
    ws.pause();
    return ws;
  };
  const untilBehind = async () => {
    const behind = async () =>
      (await readMetrics(node.url)).get('taskmaster_subscribers{state="behind"}');
    while ((await behind()) !== 1) await Promise.all(Array.from({ length: 64 }, say));
  };

  it("is sent no signals for longer than its buffer holds, and comes back when it reads", async () => {
    const ws = stopReading();
    await untilBehind();
    ws.resume();
    const { seq } = await writer.call("comment.post", { session_id, content: "after all" });
    await idle.reached(seq);
  });

  it("is sent no more while PostgreSQL says nothing, for which signals do not wait", async () => {
    stopReading();
    proxy.silenceAll();
    await untilBehind();
    proxy.cut();
  });
});
