import { expect } from "chai";
import type { Socket } from "socket.io";
import { Client, follow, uuidv7 } from "../../client/index.ts";
import type { CommandError } from "../../contract/errors.ts";
import { type Answer, type FakeServer, startFakeServer } from "./fake_server.ts";

const session_id = uuidv7();

describe("following a session", () => {
  let server: FakeServer;
  let client: Client;
  beforeEach(async () => {
    server = await startFakeServer();
    client = new Client({ url: server.url, token: "tm_" });
  });
  afterEach(async () => {
    client.close();
    await server.close();
  });

  const send = (socket: Socket, ...seqs: number[]) =>
    socket.emit("entries", { session_id, entries: seqs.map((seq) => ({ kind: "comment", seq })) });

  /** Joins, and then sends batches of entries, given by their numbers. */
  const joined =
    (...batches: number[][]): Answer =>
    (_, socket) => {
      setImmediate(() => {
        for (const batch of batches) send(socket, ...batch);
      });
      return { ok: true, data: {} };
    };

  const take = async (count: number, after?: number): Promise<number[]> => {
    const seqs: number[] = [];
    for await (const entry of follow(client, session_id, { after })) {
      seqs.push(entry.seq);
      if (seqs.length === count) break;
    }
    return seqs;
  };

  const cursors = () =>
    server.commands
      .filter((command) => command.name === "session.join")
      .map((command) => command.input.after);

  it("gives each entry once, in order, whatever is sent twice", async () => {
    server.answer("session.join", joined([1, 2], [2, 3], [1, 2, 3, 4]));
    expect(await take(4, 0)).to.deep.equal([1, 2, 3, 4]);
    expect(cursors()).to.deep.equal([undefined]);
  });

  it("joins again from the last entry it has when there is a gap", async () => {
    server.answer("session.join", joined([1, 2], [5, 6]), joined([3, 4, 5, 6]));
    expect(await take(6, 0)).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(cursors()).to.deep.equal([undefined, 2]);
  });

  it("joins again from the last entry it has when the connection was lost", async () => {
    const dropped: Answer = (input, socket) => {
      send(socket, 1, 2);
      setTimeout(() => socket.conn.close(), 50);
      return { ok: true, data: input };
    };
    server.answer("session.join", dropped, joined([2, 3]));
    expect(await take(3, 0)).to.deep.equal([1, 2, 3]);
    expect(cursors()).to.deep.equal([undefined, 2]);
  });

  it("begins where the server begins when it is not told where", async () => {
    server.answer("session.join", joined([51, 52], [53]));
    expect(await take(3)).to.deep.equal([51, 52, 53]);
    expect(cursors()).to.deep.equal([undefined]);
  });

  it("passes over the entries of other sessions", async () => {
    const mixed: Answer = (input, socket) => {
      socket.emit("entries", { session_id: uuidv7(), entries: [{ kind: "comment", seq: 1 }] });
      return joined([1])(input, socket);
    };
    server.answer("session.join", mixed);
    expect(await take(1, 0)).to.deep.equal([1]);
  });

  it("ends with the reason when the right to follow is taken away", async () => {
    const closed: Answer = (_, socket) => {
      send(socket, 1);
      socket.emit("closed", { session_id, reason: "You are no member any more" });
      return { ok: true, data: {} };
    };
    server.answer("session.join", closed);
    const error = (await take(2, 0).catch((error) => error)) as CommandError;
    expect(error.code).to.equal("forbidden");
    expect(error.message).to.include("You are no member any more");
  });

  it("ends with the refusal when it may not join", async () => {
    const error = { code: "not_found", message: "There is no such session" };
    server.answer("session.join", () => ({ ok: false, error }));
    expect(((await take(1).catch((error) => error)) as CommandError).code).to.equal("not_found");
  });

  it("ends when it is aborted, and leaves", async () => {
    server.answer("session.join", joined([1]));
    const stop = new AbortController();
    const seqs: number[] = [];
    for await (const entry of follow(client, session_id, { after: 0, signal: stop.signal })) {
      seqs.push(entry.seq);
      stop.abort();
    }
    expect(seqs).to.deep.equal([1]);
    await client.command("me.get", {});
    expect(server.commands.map((command) => command.name)).to.include("session.leave");
  });
});
