import { expect } from "chai";
import { validate, version } from "uuid";
import { Client, uuidv7 } from "../../client/index.ts";
import type { CommandError } from "../../contract/errors.ts";
import { drop, type FakeServer, startFakeServer } from "./fake_server.ts";

const session_id = uuidv7();
const done = (data: object) => () => ({ ok: true, data });
const refusal = (code: string, more = {}) => ({ code, message: `It is ${code}`, ...more });
const refused =
  (code: string, more = {}) =>
  () => ({ ok: false, error: refusal(code, more) });
const failure = (promise: Promise<unknown>): Promise<CommandError> =>
  promise.then(
    () => expect.fail("it should have been refused"),
    (error) => error,
  );

describe("the client", () => {
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

  const arrived = (name: string) => server.commands.filter((command) => command.name === name);

  it("answers what the server answered", async () => {
    server.answer("session.get", done({ id: session_id }));
    expect(await client.command("session.get", { session_id })).to.deep.equal({ id: session_id });
  });

  it("throws the code, sentence and details of a refusal", async () => {
    const details = [{ path: "title", message: "Required" }];
    server.answer("session.create", refused("invalid_input", { details }));
    const error = await failure(client.command("session.create", { title: "" }));
    expect(error.code).to.equal("invalid_input");
    expect(error.message).to.equal("It is invalid_input");
    expect(error.extra).to.deep.equal({ details });
  });

  it("sends a post whose answer was lost again, with the id of the first try", async () => {
    server.answer("comment.post", drop, drop, done({ seq: 1 }));
    await client.command("comment.post", { session_id, content: "Hello" });
    const ids = arrived("comment.post").map((command) => command.input.id);
    expect(ids).to.have.length(3);
    expect(new Set(ids)).to.have.length(1);
    expect(version(ids[0] as string)).to.equal(7);
  });

  it("keeps an id that the caller chose", async () => {
    const id = uuidv7();
    await client.command("prompt.post", { session_id, content: "Go", id });
    expect(arrived("prompt.post")[0]?.input.id).to.equal(id);
  });

  it("does not send what could happen twice again, and says that it may have happened", async () => {
    server.answer("session.create", drop);
    const error = await failure(client.command("session.create", { title: "Once" }));
    expect(error.code).to.equal("unavailable");
    expect(error.message).to.match(/may have been done or not/);
    await client.command("me.get", {});
    expect(arrived("session.create")).to.have.length(1);
  });

  it("tries again what was unavailable, and what came too fast after the time it was told", async () => {
    server.answer("message.post", refused("unavailable"), done({}));
    await client.command("message.post", { session_id, content: "Hello" });
    expect(arrived("message.post")).to.have.length(2);
    server.answer("agent.create", refused("rate_limited", { retry_after_ms: 300 }), done({}));
    const started = performance.now();
    await client.command("agent.create", { name: "Ada", type: "custom" });
    expect(performance.now() - started).to.be.within(290, 2000);
  });

  it("ends with the reason when its token is refused", async () => {
    server.refuse(refusal("unauthenticated"));
    const other = new Client({ url: server.url, token: "tm_bad" });
    const error = await failure(other.command("me.get", {}));
    expect(error.code).to.equal("unauthenticated");
    expect(error.message).to.equal("It is unauthenticated");
    expect((await failure(other.command("me.get", {}))).code).to.equal("unauthenticated");
  });

  it("connects again when the server could not look its token up", async () => {
    server.refuse(refusal("unavailable"), refusal("internal"));
    const other = new Client({ url: server.url, token: "tm_" });
    await other.command("me.get", {});
    other.close();
  });

  it("is not made for what is no address of a server", () => {
    const addresses = [
      undefined,
      "",
      "127.0.0.1:3000",
      "/",
      "http://h/path",
      "http://h/#token=tm_",
    ];
    for (const url of addresses) {
      expect(() => new Client({ url: url as string, token: "tm_" })).to.throw(
        TypeError,
        `is ${url};`,
      );
    }
    for (const url of [`${server.url}/`, server.url]) new Client({ url, token: "tm_" }).close();
  });

  it("refuses what waits when it is closed", async () => {
    server.answer("me.get", () => undefined);
    const asked = failure(client.command("me.get", {}));
    const nowhere = new Client({ url: "http://127.0.0.1:9", token: "tm_" });
    const waiting = failure(nowhere.command("me.get", {}));
    client.close();
    nowhere.close();
    expect((await asked).code).to.equal("unavailable");
    expect((await waiting).code).to.equal("unavailable");
  });

  it("makes ids that are UUIDs of version 7 and sort by time", async () => {
    const first = uuidv7();
    await new Promise((resolve) => setTimeout(resolve, 2));
    const second = uuidv7();
    for (const id of [first, second]) expect(validate(id) && version(id)).to.equal(7);
    expect(first < second).to.equal(true);
    expect(Number.parseInt(first.replaceAll("-", "").slice(0, 12), 16)).to.be.closeTo(
      Date.now(),
      1000,
    );
  });
});
