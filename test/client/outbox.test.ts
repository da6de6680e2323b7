import { expect } from "chai";
import { Client, uuidv7 } from "../../client/index.ts";
import type { CommandError } from "../../contract/errors.ts";
import { type Answer, drop, type FakeServer, startFakeServer } from "./fake_server.ts";

const session_id = uuidv7();
const done: Answer = () => ({ ok: true, data: {} });
const refused =
  (code: string, more = {}): Answer =>
  () => ({ ok: false, error: { code, message: `It is ${code}`, ...more } });
const never: Answer = () => undefined;

describe("posts of one client", () => {
  let server: FakeServer;
  let client: Client;
  beforeEach(async () => {
    server = await startFakeServer();
    client = new Client({ url: server.url, token: "tm_" });
    await client.connected();
  });
  afterEach(async () => {
    client.close();
    await server.close();
  });

  const post = (...contents: string[]) =>
    contents.map((content) => {
      const posted = client.message.post({ session_id, content });
      // What a test leaves unanswered is refused when the client is closed.
      posted.catch(() => {});
      return posted;
    });
  const arrived = () => server.commands.map(({ input }) => input.content).join(" ");

  it("are all under way at once", async () => {
    server.answer("message.post", never, never, done);
    const [, , third] = post("1", "2", "3");
    await third;
    expect(arrived()).to.equal("1 2 3");
  });

  it("are sent again from the oldest on, in order, when the connection drops", async () => {
    server.answer("message.post", done, never, never, drop, done);
    const later = new Promise((resolve) => {
      client.on("offline", () => resolve(client.comment.post({ session_id, content: "5" })));
    });
    await Promise.all([...post("1", "2", "3", "4"), later]);
    expect(arrived()).to.equal("1 2 3 4 2 3 4 5");
    const ids = new Map(server.commands.map(({ input }) => [input.content, input.id]));
    for (const { input } of server.commands) expect(input.id).to.equal(ids.get(input.content));
  });

  it("wait behind one that is refused for now, whoever else is under way", async () => {
    server.answer("message.post", refused("unavailable"), refused("unavailable"), done);
    const [first, second] = post("1", "2");
    const order: string[] = [];
    void first!.then(() => order.push("1"));
    void second!.then(() => order.push("2"));
    const third = first!.then(() => post("3")[0]);
    await Promise.all([first, second, third]);
    expect(arrived()).to.equal("1 2 1 2 3");
    expect(order).to.deep.equal(["1", "2"]);
  });

  it("hold back what was not sent yet while one is refused for now", async () => {
    let late: Promise<unknown> | undefined;
    const refuseAndPost: Answer = (input, socket) => {
      setTimeout(() => {
        late = post("2")[0];
      }, 20);
      return refused("rate_limited", { retry_after_ms: 200 })(input, socket);
    };
    server.answer("message.post", refuseAndPost, done);
    await post("1")[0];
    await late;
    expect(arrived()).to.equal("1 1 2");
  });

  it("go on without one that is refused for good", async () => {
    server.answer("message.post", done, refused("not_your_turn"), done);
    const [first, second, third] = post("1", "2", "3");
    const error: CommandError = await second!.catch((error) => error);
    expect(error.code).to.equal("not_your_turn");
    await Promise.all([first, third]);
    expect(arrived()).to.equal("1 2 3");
  });

  it("are given up when their signal is aborted, and the others go on", async () => {
    server.answer("message.post", refused("unavailable"), done);
    const stop = new AbortController();
    const input = { session_id, content: "1" };
    const given = client.message.post(input, { signal: stop.signal }).catch((error) => error);
    const [second] = post("2");
    stop.abort(new Error("enough"));
    expect((await given).message).to.equal("enough");
    await second;
    const late = client.message.post(input, { signal: stop.signal }).catch((error) => error);
    expect((await late).message).to.equal("enough");
  });
});
