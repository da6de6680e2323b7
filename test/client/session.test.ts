import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import type { Socket } from "socket.io";
import {
  Client,
  emptyState,
  memoryStore,
  type Saved,
  uuidv7,
  webStore,
} from "../../client/index.ts";
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
    for await (const entry of client.session(session_id).entries({ after })) {
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
    for await (const entry of client
      .session(session_id)
      .entries({ after: 0, signal: stop.signal })) {
      seqs.push(entry.seq);
      stop.abort();
    }
    expect(seqs).to.deep.equal([1]);
    await client.command("me.get", {});
    expect(server.commands.map((command) => command.name)).to.include("session.leave");
  });

  describe("when there is a long past", () => {
    const HEAD = 5_000;
    const BEGIN = HEAD - 50;
    let socket: Socket;
    let pages: Answer;

    beforeEach(() => {
      const numbers = (after: number, last: number) =>
        Array.from({ length: Math.max(0, last - after) }, (_, index) => after + 1 + index);
      server.answer("session.join", ({ after }, joining) => {
        socket = joining;
        setImmediate(() => send(joining, ...numbers((after as number) ?? BEGIN, HEAD)));
        const members = [{ user_id: uuidv7(), role: "owner" }];
        return { ok: true, data: { head_seq: HEAD, members, presence: [{ connections: 1 }] } };
      });
      pages = ({ after, limit }) => {
        const last = Math.min(HEAD, (after as number) + (limit as number));
        const entries = numbers(after as number, last).map((seq) => ({ kind: "comment", seq }));
        return { ok: true, data: { entries, head_seq: HEAD, has_more: last < HEAD } };
      };
      server.answer("stream.read", pages);
    });

    const asked = (name: string) => server.commands.filter((command) => command.name === name);
    const upTo = async (last: number, after?: number): Promise<number[]> => {
      const seqs: number[] = [];
      for await (const { seq } of client.session(session_id).entries({ after })) {
        seqs.push(seq);
        if (seq === last) break;
      }
      return seqs;
    };
    const range = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => from + index);

    it("asks for the session once, however many read it from wherever", async () => {
      const read = [upTo(HEAD + 1, 0), upTo(HEAD + 1), upTo(HEAD + 1, 4_990), upTo(HEAD + 1, HEAD)];
      await until(() => asked("stream.read").length === 5);
      send(socket, HEAD + 1);
      expect(await Promise.all(read)).to.deep.equal([
        range(1, HEAD + 1),
        range(BEGIN + 1, HEAD + 1),
        range(4_991, HEAD + 1),
        [HEAD + 1],
      ]);
      expect(asked("session.join")).to.have.length(1);
      await until(() => asked("session.leave").length === 1);
    });

    it("lets a slow reader read what is kept no longer as pages", async () => {
      const reader = client.session(session_id).entries();
      const first = await reader.next();
      expect(first.value?.seq).to.equal(BEGIN + 1);
      const fast = upTo(HEAD + 9_000);
      await until(() => asked("session.join").length === 1);
      server.answer("stream.read", ({ after }) => {
        const entries = range((after as number) + 1, (after as number) + 1_000);
        return { ok: true, data: { entries: entries.map((seq) => ({ kind: "comment", seq })) } };
      });
      for (let seq = HEAD; seq < HEAD + 9_000; seq += 100)
        send(socket, ...range(seq + 1, seq + 100));
      await fast;
      const rest: number[] = [];
      for await (const { seq } of reader) {
        rest.push(seq);
        if (seq === HEAD + 9_000) break;
      }
      expect(rest).to.deep.equal(range(BEGIN + 2, HEAD + 9_000));
      expect(asked("stream.read")).not.to.have.length(0);
    });

    it("tells listeners of what is new, and of who is there", async () => {
      const session = client.session(session_id);
      const told: number[] = [];
      session.on("entry", ({ seq }) => told.push(seq));
      const members = await new Promise((resolve) =>
        session.on("presence", ({ members }) => resolve(members)),
      );
      expect(members).to.deep.equal([{ connections: 1 }]);
      await until(() => asked("session.join").length === 1);
      send(socket, HEAD + 1, HEAD + 2);
      await until(() => told.length === 2);
      expect(told).to.deep.equal([HEAD + 1, HEAD + 2]);
    });

    it("folds the past without telling of it, and goes on from what was kept", async () => {
      const store = memoryStore();
      const listen = async (client: Client, told: number[]) => {
        const session = client.session(session_id);
        session.on("comment", ({ seq }) => told.push(seq));
        await session.load();
        return session;
      };
      const [first, second]: [number[], number[]] = [[], []];
      const one = new Client({ url: server.url, token: "tm_", store });
      const session = await listen(one, first);
      expect(session.state).to.nested.include({ seq: HEAD, "totals.entries.comment": HEAD });
      expect(Object.values(session.state.members)).to.have.length(1);
      send(socket, HEAD + 1);
      await until(() => first.length === 1);
      one.close();
      await until(() => (store.get(session_id) as Saved | undefined)?.seq === HEAD + 1);

      const readBefore = asked("stream.read").length;
      server.answer("session.join", (_, joining) => {
        setImmediate(() => send(joining, ...range(HEAD - 47, HEAD + 3)));
        return { ok: true, data: { head_seq: HEAD + 3, members: [], presence: [] } };
      });
      const other = new Client({ url: server.url, token: "tm_", store });
      const again = await listen(other, second);
      expect(again.state.seq).to.equal(HEAD + 3);
      expect([first, second]).to.deep.equal([[HEAD + 1], [HEAD + 2, HEAD + 3]]);
      expect(asked("stream.read")).to.have.length(readBefore);
      other.close();
    });

    it("is loaded as of now, however long it was followed before, and each time that it is asked for", async () => {
      const session = client.session(session_id);
      const told: number[] = [];
      session.on("comment", ({ seq }) => told.push(seq));
      await new Promise((resolve) => session.on("presence", resolve));
      send(socket, HEAD + 1, HEAD + 2);
      await until(() => told.length === 2);
      expect((await session.load()).seq).to.equal(HEAD + 2);
      send(socket, HEAD + 3);
      await until(() => told.length === 3);
      expect((await session.load()).seq).to.equal(HEAD + 3);
    });

    it("tells who listens after a close, though it was being loaded when it was closed", async () => {
      let give!: (saved: undefined) => void;
      const get = () => new Promise<undefined>((resolve) => (give = resolve));
      const client = new Client({ url: server.url, token: "tm_", store: { get, set: () => {} } });
      const session = client.session(session_id);
      const loading = session.load().catch(({ code }) => code);
      await until(() => give !== undefined);
      session.close();
      const told: number[] = [];
      session.on("comment", ({ seq }) => told.push(seq));
      await new Promise((resolve) => session.on("presence", resolve));
      give(undefined);
      expect(await loading).to.equal("unavailable");
      send(socket, HEAD + 1);
      await until(() => told.length === 1);
      client.close();
    });

    it("keeps what is newer after what is older, however slow the store is", async () => {
      const kept: number[] = [];
      let finish!: () => void;
      const set = (_: string, { seq }: Saved) => {
        kept.push(seq);
        return new Promise<void>((resolve) => (finish = resolve));
      };
      const client = new Client({
        url: server.url,
        token: "tm_",
        store: { get: () => undefined, set },
      });
      const session = client.session(session_id);
      await session.load();
      await until(() => kept.length === 1);
      send(socket, HEAD + 1);
      await until(() => session.state.seq === HEAD + 1);
      client.close();
      await new Promise(setImmediate);
      expect(kept).to.deep.equal([HEAD]);
      finish();
      await until(() => kept.length === 2);
      expect(kept).to.deep.equal([HEAD, HEAD + 1]);
    });

    it("is forgotten when nobody holds or follows it any more", async () => {
      setFlagsFromString("--expose-gc");
      const collect = runInNewContext("gc") as () => void;
      const followed = async (): Promise<WeakRef<object>> => {
        const session = client.session(session_id);
        await new Promise((resolve) => session.on("presence", resolve));
        return new WeakRef(session);
      };
      const ref = await followed();
      await new Promise((resolve) => setTimeout(resolve));
      collect();
      expect(ref.deref()).to.equal(client.session(session_id));
      client.session(session_id).close();
      await until(() => {
        collect();
        return ref.deref() === undefined;
      });
    });

    it("goes on from what was kept though somebody has followed it for signals", async () => {
      const store = memoryStore();
      store.set(session_id, { version: 0, seq: HEAD - 2, state: emptyState(session_id) });
      const client = new Client({ url: server.url, token: "tm_", store });
      const session = client.session(session_id);
      await new Promise((resolve) => session.on("presence", resolve));
      const told: number[] = [];
      session.on("entry", ({ seq }) => told.push(seq));
      await session.load();
      expect(told).to.deep.equal([HEAD - 1, HEAD]);
      client.close();
    });

    it("says that what was kept cannot be read, and nothing else fails", async () => {
      const get = () => Promise.reject(new Error("The store is away"));
      const store = { get, set: () => {} };
      const other = new Client({ url: server.url, token: "tm_", store });
      const refusal = await other
        .session(session_id)
        .load()
        .catch((error) => error);
      expect(refusal).to.have.property("message", "The store is away");
      other.close();
      const unreadable = webStore({ getItem: () => "{", setItem: () => {} });
      expect(unreadable.get(session_id)).to.equal(undefined);
    });

    it("keeps fewer entries where they are large, and still begins 50 before the newest", async () => {
      const last = HEAD + 60;
      const large = (seq: number) => ({ kind: "comment", seq, content: "x".repeat(100_000) });
      const reader = client.session(session_id).entries({ after: HEAD - 1 });
      await reader.next();
      const fast = upTo(last, HEAD);
      for (let seq = HEAD + 1; seq <= last; seq += 1) {
        socket.emit("entries", { session_id, entries: [large(seq)] });
      }
      await fast;
      const readBefore = asked("stream.read").length;
      server.answer("stream.read", ({ after }) => {
        const entries = range((after as number) + 1, last).map(large);
        return { ok: true, data: { entries } };
      });
      expect((await reader.next()).value?.seq).to.equal(HEAD + 1);
      expect(await upTo(last)).to.deep.equal(range(last - 49, last));
      expect(asked("stream.read")).to.have.length(readBefore + 2);
      await reader.return();
    });

    it("ends at once while what is read of the past is not answered", async () => {
      server.answer("stream.read", () => undefined);
      const session = client.session(session_id);
      const stop = new AbortController();
      const read = async (signal?: AbortSignal) => {
        for await (const _ of session.entries({ after: 0, signal })) expect.fail("there is none");
      };
      const [aborted, closed] = [read(stop.signal), read()];
      await until(() => asked("stream.read").length === 2);
      stop.abort();
      await aborted;
      session.close();
      await closed;
      const ended = read().catch((error) => error);
      await until(() => asked("stream.read").length === 3);
      client.close();
      expect(await ended).to.have.property("code", "unavailable");
    });

    it("tells of what is new also where it has kept more than the server has, as after a restore", async () => {
      const store = memoryStore();
      store.set(session_id, { version: 0, seq: HEAD + 9, state: emptyState(session_id) });
      const told: number[] = [];
      const restored = new Client({ url: server.url, token: "tm_", store });
      const session = restored.session(session_id);
      session.on("comment", ({ seq }) => told.push(seq));
      await session.load();
      send(socket, HEAD + 1);
      await until(() => told.length === 1);
      expect(told).to.deep.equal([HEAD + 1]);
      restored.close();
    });

    it("ends readers quietly when the session is closed, and can be followed anew", async () => {
      const session = client.session(session_id.toUpperCase());
      expect(session).to.equal(client.session(session_id));
      server.answer("stream.read", pages, () => undefined);
      const read = upTo(HEAD + 1, 0);
      await until(() => asked("stream.read").length > 1);
      session.close();
      expect((await read).length).to.be.below(HEAD);
      server.answer("stream.read", pages);
      expect(await upTo(HEAD, HEAD - 1)).to.deep.equal([HEAD]);
      const order = server.commands
        .map(({ name }) => name)
        .filter((name) => /join|leave/.test(name));
      expect(order.slice(0, 3)).to.deep.equal(["session.join", "session.leave", "session.join"]);
    });

    it("ends readers with the reason, and tells listeners, when the client is closed", async () => {
      const session = client.session(session_id);
      const closed = new Promise((resolve) => session.on("closed", resolve));
      const read = upTo(HEAD + 1, HEAD - 1).catch((error) => error);
      await until(() => asked("session.join").length === 1);
      client.close();
      expect(await read)
        .to.be.an("error")
        .with.property("code", "unavailable");
      expect(await closed).to.deep.equal({ session_id, reason: "The client was closed" });
    });

    it("tells all listeners although one of them throws, and shows its error", async () => {
      const session = client.session(session_id);
      const told: number[] = [];
      const uncaught = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      const shown = new Promise((resolve) => process.once("uncaughtException", resolve));
      session.on("entry", () => {
        throw new Error("a fault of the application");
      });
      session.on("entry", ({ seq }) => told.push(seq));
      await until(() => asked("session.join").length === 1);
      send(socket, HEAD + 1);
      expect(await shown).to.have.property("message", "a fault of the application");
      await until(() => told.length === 1);
      for (const listener of uncaught) process.on("uncaughtException", listener);
    });
  });
});

/** Resolves when that is so; looks whenever something else had its turn. */
async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 5));
}
