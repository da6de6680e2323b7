import { once } from "node:events";
import { expect } from "chai";
import { io, type Socket } from "socket.io-client";
import { WebSocket } from "ws";
import type { Entry } from "../../contract/entry.ts";
import { connect } from "../support/client.ts";
import { createDatabase } from "../support/database.ts";
import { metricsUntil } from "../support/metrics.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";

const behind = 'taskmaster_subscribers{state="behind"}';
const updates = 'taskmaster_commands_total{command="tool.update",outcome="ok"}';

/** A standard Socket.IO client as its documentation shows it, on the transports it is given. */
class StandardClient {
  readonly socket: Socket;
  readonly entries: Entry[] = [];
  #awaited = { seq: Number.POSITIVE_INFINITY, resolve: () => {} };

  constructor(url: string, transports: string[]) {
    this.socket = io(url, { auth: { token: OWNER_TOKEN }, transports, forceNew: true });
    this.socket.on("entries", ({ entries }: { entries: Entry[] }) => {
      this.entries.push(...entries);
      if (this.entries.at(-1)!.seq >= this.#awaited.seq) this.#awaited.resolve();
    });
  }

  async call(event: string, input: object) {
    const reply = await this.socket.emitWithAck(event, input);
    expect(reply.ok, JSON.stringify(reply)).to.equal(true);
    return reply.data;
  }

  reached(seq: number): Promise<void> {
    if ((this.entries.at(-1)?.seq ?? 0) >= seq) return Promise.resolve();
    return new Promise((resolve) => {
      this.#awaited = { seq, resolve };
    });
  }
}

describe("a standard Socket.IO client", () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let node: TestNode;
  let session_id: string;
  const clients: StandardClient[] = [];

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
  });

  beforeEach(async () => {
    const owner = await connect(node.url);
    session_id = (await owner.call("session.create", { title: "Room" })).id;
    owner.close();
  });

  afterEach(() => {
    for (const { socket } of clients.splice(0)) socket.disconnect();
  });

  after(async () => {
    await node.stop();
    await database.drop();
  });

  function standard(transports: string[]): StandardClient {
    const client = new StandardClient(node.url, transports);
    clients.push(client);
    return client;
  }

  const contents = [
    "plain",
    "öäü 你好 🦜 \u2028",
    'quotes " and \\ and \n lines',
    "x".repeat(125),
    "x".repeat(126),
    "x".repeat(70_000),
    "é".repeat(40_000),
  ];

  it("notices no difference between the transports: same replies, same entries", async () => {
    const all = [["polling"], ["websocket"], ["polling", "websocket"]].map(standard);
    for (const client of all) await client.call("session.join", { session_id, after: 0 });
    const posted: Entry[] = [];
    for (const [index, content] of contents.entries()) {
      const { duplicate, ...entry } = await all[index % 3]!.call("comment.post", {
        session_id,
        content,
      });
      expect(duplicate).to.equal(false);
      expect(entry.content).to.equal(content);
      posted.push(entry);
    }
    for (const client of all) {
      await client.reached(contents.length);
      expect(client.entries).to.deep.equal(posted);
    }
  });

  it("gets all in order while it moves from polling to a WebSocket under load", async () => {
    const writer = await connect(node.url);
    const movers = Array.from({ length: 8 }, () => standard(["polling", "websocket"]));
    const upgraded = movers.map(
      ({ socket }) =>
        new Promise<void>((resolve) => socket.io.engine.once("upgrade", () => resolve())),
    );
    const joined = Promise.all(
      movers.map((mover) => mover.call("session.join", { session_id, after: 0 })),
    );
    let posted = 0;
    let moved = false;
    const done = Promise.all([joined, ...upgraded]).then(() => {
      moved = true;
    });
    for (; !moved || posted < 400; posted += 1) {
      await writer.call("comment.post", { session_id, content: `${posted + 1}` });
    }
    await done;
    for (const mover of movers) {
      await mover.reached(posted);
      const seqs = mover.entries.map(({ seq }) => seq);
      expect(seqs).to.deep.equal(Array.from({ length: posted }, (_, index) => index + 1));
    }
    writer.close();
  });

  it("gets all in order when its WebSocket cannot take at once what waited for its polling", async () => {
    const slow = await startNode({
      DATABASE_URL: database.url,
      SUBSCRIBER_BUFFER_BYTES: "1000000",
    });
    const writer = await connect(slow.url);
    const { id: session_id } = await writer.call("session.create", { title: "Room" });
    const say = (content: string) => writer.call("comment.post", { session_id, content });

    // By hand, since a client would take what comes.
    const polling = `${slow.url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(polling)).text()).slice(1));
    const post = (body: string) => fetch(`${polling}&sid=${sid}`, { method: "POST", body });
    const poll = () => fetch(`${polling}&sid=${sid}`);
    await post(`40${JSON.stringify({ token: OWNER_TOKEN })}`);
    await poll();
    const tool = { name: "large", type: "api", config: { text: "x".repeat(250_000) } } as const;
    const { id: tool_id } = await writer.call("tool.create", tool);
    await post(`420["session.join",${JSON.stringify({ session_id, after: 0 })}]`);
    await poll();
    // More answers than a network takes at once, and then entries: it is behind.
    for (let n = 0; n < 60; n += 1)
      await post(`421["tool.update",{"tool_id":"${tool_id}","description":"${n}"}]`);
    await metricsUntil(slow.url, (figures) => (figures.get(updates) ?? 0) >= 60);
    for (const content of ["one", "two", "three", "four"]) await say(content);
    await metricsUntil(slow.url, (figures) => figures.get(behind) === 1);

    const ws = new WebSocket(
      `${slow.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket&sid=${sid}`,
    );
    const seqs: number[] = [];
    const all = new Promise<void>((resolve) => {
      ws.on("message", (data) => {
        const text = data.toString();
        if (!text.startsWith('42["entries"')) return;
        seqs.push(...JSON.parse(text.slice(2))[1].entries.map(({ seq }: Entry) => seq));
        if (seqs.length >= 5) resolve();
      });
    });
    await once(ws, "open");
    ws.send("2probe");
    await once(ws, "message");
    ws.pause();
    ws.send("5");
    await metricsUntil(slow.url, (figures) => figures.get(behind) === 0);
    await say("five");
    ws.resume();
    await all;
    expect(seqs).to.deep.equal([1, 2, 3, 4, 5]);

    ws.terminate();
    writer.close();
    await slow.stop();
  });

  it("gets entries on the WebSocket that it moves to, though another was opened in its name", async () => {
    const writer = await connect(node.url);
    const { id: session_id } = await writer.call("session.create", { title: "Room" });
    await writer.call("comment.post", { session_id, content: "one" });
    writer.close();
    const polling = `${node.url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(polling)).text()).slice(1));
    const connected = `40${JSON.stringify({ token: OWNER_TOKEN })}`;
    await fetch(`${polling}&sid=${sid}`, { method: "POST", body: connected });
    await fetch(`${polling}&sid=${sid}`);
    const open = () =>
      new WebSocket(
        `${node.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket&sid=${sid}`,
      );
    const ws = open();
    await once(ws, "open");
    ws.send("2probe");
    await once(ws, "message");
    const other = open();
    // The server closes it, and waits for its consent.
    other.once("open", () => other.pause());
    await once(other, "open");
    ws.send("5");
    ws.send(`420["session.join",${JSON.stringify({ session_id, after: 0 })}]`);
    // Several may come in one go, so somebody listens all the time.
    const entries = await new Promise((resolve) =>
      ws.on("message", (text) => `${text}`.startsWith('42["entries"') && resolve(`${text}`)),
    );
    expect(entries).to.include('"content":"one"');
    other.terminate();
    ws.terminate();
  });

  it("is told what is wrong with an event, on each transport, and stays connected", async () => {
    for (const transports of [["polling"], ["websocket"]]) {
      const { socket } = standard(transports);
      const reply = await socket.emitWithAck("comment.post", {
        session_id,
        content: Buffer.from("binary"),
      });
      expect(reply.error).to.include({ code: "invalid_input" });
      const unasked = new Promise((resolve) => socket.once("error", resolve));
      socket.emit("comment.post", { session_id, content: "no acknowledgement" });
      expect(await unasked).to.nested.include({
        event: "comment.post",
        "error.code": "invalid_input",
      });
      expect(await socket.emitWithAck("me.get", {})).to.include({ ok: true });
    }
  });
});
