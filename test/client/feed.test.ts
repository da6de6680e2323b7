import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { Socket } from "socket.io";
import { Client } from "../../client/index.ts";
import { type FakeServer, startFakeServer } from "./fake_server.ts";

const session_id = randomUUID();
const comment = (seq: number) => ({
  kind: "comment",
  id: randomUUID(),
  session_id,
  seq,
  user_id: randomUUID(),
  content: `${seq}`,
  created_at: new Date().toISOString(),
});
const joined = { ok: true, data: { session: {}, head_seq: 3, members: [], presence: [] } };

describe("a client's feed of a session", () => {
  let server: FakeServer;
  let client: Client;

  beforeEach(async () => {
    server = await startFakeServer();
    client = new Client({ url: server.url, token: "tm_x" });
  });

  afterEach(async () => {
    client.close();
    await server.close();
  });

  it("has what came before, though the connection ends before its first entries come", async () => {
    const entries = [1, 2, 3].map(comment);
    server.answer(
      "session.join",
      (_, socket) => {
        setImmediate(() => socket.conn.close());
        return joined;
      },
      ({ after = 0 }, socket) => {
        const left = entries.filter(({ seq }) => seq > Number(after));
        setImmediate(() => socket.emit("entries", { session_id, entries: left }));
        return joined;
      },
    );
    const seqs: number[] = [];
    for await (const { seq } of client.session(session_id).entries()) {
      seqs.push(seq);
      if (seq === 3) break;
    }
    expect(seqs).to.deep.equal([1, 2, 3]);
  });

  it("refuses a cursor beyond the newest entry, which would pass over what comes", async () => {
    server.answer("session.join", (_, socket) => {
      setImmediate(() => {
        for (const seq of [1, 2, 3, 4]) {
          socket.emit("entries", { session_id, entries: [comment(seq)] });
        }
      });
      return joined;
    });
    const first = async (after: number) => {
      for await (const { seq } of client.session(session_id).entries({ after })) return seq;
    };
    const error = { code: "invalid_input", message: "after is 9, but the newest entry is 4" };
    server.answer("stream.read", () => ({ ok: false, error }));
    const [fourth, refusal] = await Promise.all([first(3), first(9).catch(({ code }) => code)]);
    expect(fourth).to.equal(4);
    expect(refusal).to.equal("invalid_input");
  });

  it("waits for what comes where a reader is ahead of it, by a page or by what others know", async () => {
    let sent!: Socket;
    server.answer("session.join", (_, socket) => {
      sent = socket;
      setImmediate(() => socket.emit("entries", { session_id, entries: [2, 3].map(comment) }));
      return joined;
    });
    const pageAfter = (after: number) => [1, 2, 3, 4, 5].filter((seq) => seq > after).map(comment);
    server.answer("stream.read", ({ after }) => {
      return { ok: true, data: { entries: pageAfter(Number(after)), head_seq: 5 } };
    });
    const upToSix = async (after: number) => {
      const seqs: number[] = [];
      for await (const { seq } of client.session(session_id).entries({ after })) {
        seqs.push(seq);
        if (seq === 5 || after === 5)
          sent.emit("entries", { session_id, entries: [4, 5, 6].map(comment) });
        if (seq === 6) break;
      }
      return seqs;
    };
    const ahead = client.session(session_id).entries({ after: 5 });
    const sixth = ahead.next();
    expect(await upToSix(0)).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect((await sixth).value?.seq).to.equal(6);
    await ahead.return();
  });

  it("has left before the session is followed again, also after it failed", async () => {
    const away = { ok: false, error: { code: "not_found", message: "There is no such session" } };
    server.answer("stream.read", () => away);
    // What is read of the past fails, so that a feed that has joined does.
    server.answer("session.join", (_, socket) => {
      setImmediate(() => socket.emit("entries", { session_id, entries: [comment(3)] }));
      return joined;
    });
    const session = client.session(session_id);
    expect(await session.load().catch((error) => error.code)).to.equal("not_found");
    await session.load().catch(() => {});
    const names = server.commands.map(({ name }) => name);
    expect(names.filter((name) => name !== "stream.read")).to.deep.equal([
      "session.join",
      "session.leave",
      "session.join",
    ]);
  });

  it("begins with the newest though it is followed again while the subscription before still tells", async () => {
    server.answer("session.join", (_, socket) => {
      setImmediate(() => socket.emit("entries", { session_id, entries: [1, 2, 3].map(comment) }));
      return joined;
    });
    server.answer("session.leave", (_, socket) => {
      socket.emit("entries", { session_id, entries: [comment(3)] });
      return { ok: true, data: {} };
    });
    const session = client.session(session_id);
    const first = async () => {
      for await (const { seq } of session.entries()) return seq;
    };
    expect(await first()).to.equal(1);
    expect(await first()).to.equal(1);
  });

  it("goes on over an outage that is longer than a command is tried for", async function () {
    this.timeout(90_000);
    server.answer("session.join", (_, socket) => {
      setImmediate(() => socket.emit("entries", { session_id, entries: [comment(3)] }));
      return joined;
    });
    const away = () => ({ ok: false, error: { code: "unavailable", message: "away" } });
    const page = { ok: true, data: { entries: [comment(1), comment(2)] } };
    server.answer("stream.read", ...Array.from({ length: 12 }, () => away), () => page);
    const seqs: number[] = [];
    for await (const { seq } of client.session(session_id).entries({ after: 0 })) {
      seqs.push(seq);
      if (seq === 3) break;
    }
    expect(seqs).to.deep.equal([1, 2, 3]);
  });
});

describe("a command that cannot be sent", () => {
  let server: FakeServer;
  let client: Client;

  before(async () => {
    server = await startFakeServer();
    client = new Client({ url: server.url, token: "tm_x" });
  });

  after(async () => {
    client.close();
    await server.close();
  });

  it("is refused, with its place, and keeps nothing that comes after it", async () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const input = (tool_call: object) => ({ session_id, content: "x", tool_call }) as never;
    const refusals = [
      client.command("message.post", input({ name: "f", result: 1n })),
      client.command("message.post", input(circle)),
      client.command("message.post", input({ name: "f", result: "x".repeat(17_000_000) })),
      client.command("session.get", { session_id: 1n } as never),
    ].map((answer) => answer.catch((error) => error.code));
    const good = client.command("comment.post", { session_id, content: "fine" });
    expect(await Promise.all(refusals)).to.deep.equal([
      "invalid_input",
      "invalid_input",
      "too_large",
      "invalid_input",
    ]);
    expect(await good).to.deep.equal({});
  });

  it("is refused where its bytes are more than this server takes in a frame, and no fewer are", async () => {
    // Three bytes each; the server of Socket.IO takes a million unless told otherwise.
    const comment = (characters: number) =>
      client.command("comment.post", { session_id, content: "語".repeat(characters) });
    const refusals = [
      comment(340_000),
      client.command("typing.set", { session_id, typing: "x".repeat(1_000_000) } as never),
    ].map((answer) => answer.catch((error) => error));
    const good = comment(333_200);
    for (const refusal of await Promise.all(refusals)) {
      expect(refusal).to.have.property("code", "too_large");
      expect(refusal.message).to.match(/ is 10\d{5} bytes; the server takes 999900 at the most$/);
    }
    expect(await good).to.deep.equal({});
  });
});
