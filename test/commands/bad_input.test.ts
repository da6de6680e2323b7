import { expect } from "chai";
import { type ErrorBody, type ErrorCode, errors } from "../../contract/errors.ts";
import { connect, Follower, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { request } from "../support/http.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";

const MAX_ENTRY_BYTES = 262_144;
const MAX_FRAME_BYTES = 16_777_216;

const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

/** Bodies of a message, as JSON text, that no transport may take. */
const hostile: [what: string, body: string, code: ErrorCode][] = [
  ["too many bytes", `{"content":"${"x".repeat(MAX_ENTRY_BYTES)}"}`, "too_large"],
  ["few characters of many bytes", `{"content":"${"🐢".repeat(70_000)}"}`, "too_large"],
  ["a huge array", `{"content":"","tool_call":{"a":[${"0,".repeat(200_000)}0]}}`, "too_large"],
  ["nesting past the limit", `{"content":"","tool_call":${nested(65)}}`, "invalid_input"],
  [
    "nesting that exhausts a stack",
    `{"content":"","tool_call":${nested(40_000)}}`,
    "invalid_input",
  ],
  ["NUL", '{"content":"a\\u0000b"}', "invalid_input"],
  ["NUL in a key", '{"content":"","tool_call":{"\\u0000":1}}', "invalid_input"],
  ["a lone high surrogate", '{"content":"\\ud800"}', "invalid_input"],
  ["a lone low surrogate", '{"content":"","tool_call":{"a":["\\udc00"]}}', "invalid_input"],
  ["surrogates in the wrong order", '{"content":"\\udc22\\ud83d"}', "invalid_input"],
  ["__proto__", '{"content":"","__proto__":{"is_admin":true}}', "invalid_input"],
  ["__proto__ inside", '{"content":"","tool_call":{"__proto__":{"a":1}}}', "invalid_input"],
  ["a field that every object has", '{"content":"","constructor":1}', "invalid_input"],
  ["a number too large to be one", '{"content":"","tool_call":{"a":1e999}}', "invalid_input"],
  [
    "an integer whose last digits would be lost",
    '{"content":"","tool_call":{"a":12345678901234567890}}',
    "invalid_input",
  ],
  [
    "fields without number",
    `{${Array.from({ length: 190_000 }, (_, index) => `"${index.toString(36).padStart(4, "a")}":1`)}}`,
    "too_large",
  ],
  ["a number for a text", '{"content":5}', "invalid_input"],
  ["an object for a text", '{"content":{"toString":"x"}}', "invalid_input"],
  ["null for a text", '{"content":null}', "invalid_input"],
  ["a list for an object", '{"content":"","tool_call":[]}', "invalid_input"],
  ["a text for an object", '{"content":"","tool_call":"{}"}', "invalid_input"],
  ["an id that is none", '{"content":"","id":"1"}', "invalid_input"],
  ["a list", '[{"content":""}]', "invalid_input"],
  ["a text", '"content"', "invalid_input"],
  ["a number", "7", "invalid_input"],
  ["a truth", "true", "invalid_input"],
];

describe("bad input is refused clearly, changes nothing and ends nothing", () => {
  let database: TestDatabase;
  let node: TestNode;
  /** The one that misbehaves, always over the same connection. */
  let sender: TestClient;
  let follower: Follower;
  let session_id: string;
  let goodPosts = 0;

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    sender = await connect(node.url);
    session_id = (await sender.call("session.create", { title: "Room" })).id;
    follower = await Follower.join(await connect(node.url), session_id, 0);
  });

  after(async () => {
    sender.close();
    follower.client.close();
    await node.stop();
    await database.drop();
    expect(node.log()).not.to.include("a command failed");
  });

  /** Nothing was stored or delivered, and the same connection still posts to the same follower. */
  async function expectUnharmed(): Promise<void> {
    goodPosts += 1;
    const { seq } = await sender.call("comment.post", { session_id, content: "good" });
    expect(seq, "something was stored").to.equal(goodPosts);
    await follower.reached(seq);
    expect(follower.seqs).to.deep.equal(Array.from({ length: goodPosts }, (_, index) => index + 1));
    expect(follower.entries.at(-1)).to.include({ kind: "comment", content: "good" });
  }

  const path = () => `/sessions/${session_id}/messages`;

  /** Expects a problem of this code, made of nothing but JSON. */
  async function expectProblem(code: ErrorCode, place: string, init: RequestInit): Promise<void> {
    const { status, headers, body } = await request(node.url, OWNER_TOKEN, place, init);
    expect(body).to.deep.include({ code, status: errors[code].status });
    expect(status).to.equal(errors[code].status);
    expect(headers.get("content-type")).to.match(/^application\/problem\+json/);
    await expectUnharmed();
  }

  describe("over both transports:", () => {
    for (const [what, body, code] of hostile) {
      it(`${what} over Socket.IO`, async () => {
        const isObject = body.startsWith("{");
        const input = isObject ? body.replace("{", `{"session_id":"${session_id}",`) : body;
        expect(await sendText(sender, `["message.post",${input}]`)).to.equal(code);
        await expectUnharmed();
      });

      it(`${what} over HTTP`, () => expectProblem(code, path(), { method: "POST", body }));
    }
  });

  describe("over Socket.IO:", () => {
    const post = () => ({ session_id, content: "bad" });
    const refused: [what: string, event: string, args: () => unknown[]][] = [
      ["an event that is no command", "session.destroy", () => [post()]],
      ["an event that every object has", "constructor", () => [post()]],
      ["an event called __proto__", "__proto__", () => [post()]],
      ["an event called error", "error", () => [post()]],
      ["an event that only servers send", "entries", () => [{ session_id, entries: [] }]],
      ["an event without a name", "", () => [post()]],
      ["an event with a number for a name", 5 as never, () => [post()]],
      ["an event with a very long name", "x".repeat(1_000_000), () => [post()]],
      ["several arguments", "comment.post", () => [post(), post()]],
      ["binary for the input", "comment.post", () => [Buffer.from("binary")]],
      ["binary inside", "comment.post", () => [{ ...post(), content: Buffer.from("binary") }]],
      ["binary in any JSON", "message.post", () => [{ ...post(), tool_call: { a: Buffer.of(1) } }]],
      ["NaN, which JSON turns into null", "stream.read", () => [{ session_id, after: Number.NaN }]],
      ["a fraction for a number", "stream.read", () => [{ session_id, after: 0.5 }]],
      ["a number past 2^53", "stream.read", () => [{ session_id, after: 2 ** 60 }]],
      ["a number below zero", "session.join", () => [{ session_id, after: -1 }]],
      ["a cursor past the newest entry", "session.join", () => [{ session_id, after: 1e9 }]],
      [
        "a list that is too long",
        "session.update",
        () => [{ session_id, agent_ids: Array.from({ length: 1001 }, () => crypto.randomUUID()) }],
      ],
    ];

    for (const [what, event, args] of refused) {
      it(what, async () => {
        const reply = await sender.send(event, ...args());
        expect(reply).to.have.nested.property("error.code", "invalid_input");
        await expectUnharmed();
      });

      it(`${what}, and no acknowledgement function`, async () => {
        const answered = told(sender, "error");
        sender.socket.emit(event, ...args());
        const answer = await answered;
        expect(answer.event).to.equal(String(event).slice(0, 100));
        expect(answer.error).to.have.property("code", "invalid_input");
        await expectUnharmed();
      });
    }

    it("good input without an acknowledgement function", async () => {
      const answered = told(sender, "error");
      sender.socket.emit("comment.post", post());
      const answer = await answered;
      expect(answer).to.deep.equal({
        event: "comment.post",
        error: { code: "invalid_input", message: "A command needs an acknowledgement function" },
      });
      await expectUnharmed();
    });

    it("millions of values in one frame", async () => {
      const zeros = `[${"0,".repeat(8_000_000)}0]`;
      const input = `{"session_id":"${session_id}","content":"","tool_call":{"a":${zeros}}}`;
      expect(await sendText(sender, `["message.post",${input}]`)).to.equal("too_large");
      await expectUnharmed();
    });

    const fatal: [what: string, frame: () => string][] = [
      ["a frame larger than the server takes", () => `2["x","${"x".repeat(MAX_FRAME_BYTES)}"]`],
      ["a packet that is not Socket.IO", () => "2{not json"],
      ["a packet of no known type", () => "9"],
      ["an event name that Socket.IO keeps for itself", () => '2["disconnect"]'],
      ["an event name that Node keeps for itself", () => '2["newListener",1]'],
      ["an event whose name is an object", () => '2[{"toString":1}]'],
    ];
    for (const [what, frame] of fatal) {
      it(`${what} ends the connection it came from, and no other`, async () => {
        const client = await connect(node.url);
        const gone = told(client, "disconnect");
        client.socket.io.engine.write(frame());
        await gone;
        await expectUnharmed();
      });
    }
  });

  describe("over HTTP:", () => {
    const post = (body: string | Uint8Array, headers: Record<string, string> = {}) => ({
      method: "POST",
      body,
      headers,
    });
    const good = '{"content":"bad"}';
    const refused: [what: string, init: RequestInit][] = [
      ["a body that is not JSON", post('{"content":')],
      ["an empty body", post("")],
      ["a body of another type", post(good, { "Content-Type": "text/plain" })],
      ["a form", post("content=bad", { "Content-Type": "application/x-www-form-urlencoded" })],
      [
        "a character set nobody knows",
        post(good, { "Content-Type": "application/json; charset=x" }),
      ],
      ["a body that is not compressed as it says", post(good, { "Content-Encoding": "gzip" })],
      ["bytes that are not UTF-8", post(Buffer.from('{"content":"\xff"}', "latin1"))],
      [
        "text that is not UTF-8",
        post(Buffer.from(good, "utf16le"), { "Content-Type": "application/json; charset=utf-16" }),
      ],
    ];
    for (const [what, init] of refused) {
      it(what, () => expectProblem("invalid_input", path(), init));
    }

    it("a body without a type, where every field may be left out", async () => {
      const body = Buffer.from('{"name":"Mallory"}');
      await expectProblem("invalid_input", "/me", {
        method: "PATCH",
        body,
        headers: { "Content-Type": "" },
      });
      expect(await sender.call("me.get", {})).not.to.include({ name: "Mallory" });
    });

    it("a body where no command has one", async () => {
      const path = `/sessions/${session_id}/members/${crypto.randomUUID()}`;
      await expectProblem("invalid_input", path, { method: "DELETE", body: '{"surprise":1}' });
      const headers = { "Content-Type": "text/plain" };
      await expectProblem("invalid_input", path, { method: "DELETE", body: "text", headers });
      await expectProblem("not_found", path, { method: "DELETE", body: "{}" });
    });

    it("a field of the path said again elsewhere", async () => {
      const again = { method: "POST", body: JSON.stringify({ session_id, content: "bad" }) };
      await expectProblem("invalid_input", path(), again);
      await expectProblem("invalid_input", `${path()}?session_id=${session_id}`, { method: "GET" });
      await expectProblem("invalid_input", `${path()}?content=bad`, post(good));
    });

    const places: [what: string, place: (session: string) => string, code?: ErrorCode][] = [
      ["a path with an id that is none", () => "/sessions/1/stream"],
      ["a path that is not UTF-8", () => "/sessions/%E0%A4%A/stream"],
      ["a path with NUL", () => "/sessions/%00/stream"],
      ["a path that leads nowhere", () => "/session", "not_found"],
      ["a query that is no number", (session) => `${session}/stream?after=x`],
      ["a query that is no number, as JavaScript says it", (s) => `${s}/stream?after=Infinity`],
      ["an empty query", (session) => `${session}/stream?after=`],
      ["a query out of bounds", (session) => `${session}/stream?limit=1001`],
      ["a query that says a field twice", (session) => `${session}/stream?limit=1&limit=2`],
      ["a query of a field there is not", (session) => `${session}/stream?afer=1`],
      ["a query of a field every object has", (session) => `${session}/stream?constructor=1`],
      ["a query of __proto__", (session) => `${session}/stream?__proto__=1`],
      ["a query with a lone surrogate", (session) => `${session}/messages?cursor=%ED%A0%80`],
      ["a query with NUL", (session) => `${session}/messages?cursor=%00`],
      ["a cursor of another list", (session) => `${session}/messages?cursor=eHl6`],
    ];
    for (const [what, place, code = "invalid_input"] of places) {
      it(what, () => expectProblem(code, place(`/sessions/${session_id}`), { method: "GET" }));
    }
  });
});

/** Resolves with what comes with the client's next event of this name. */
function told(client: TestClient, event: string): Promise<{ event?: string; error?: ErrorBody }> {
  return new Promise((resolve) => client.socket.once(event, resolve));
}

/**
 * Sends the JSON text of an event and its input as it is, which may be what no serialiser writes.
 * @returns the code it was refused with
 */
async function sendText(client: TestClient, text: string): Promise<string> {
  const { engine } = client.socket.io;
  const id = Math.floor(Math.random() * 1e9) + 1e6;
  const answer = new Promise<string>((resolve, reject) => {
    const listen = (data: unknown) => {
      if (typeof data !== "string" || !data.startsWith(`3${id}`)) return;
      engine.off("data", listen);
      resolve(data.slice(`3${id}`.length));
    };
    engine.on("data", listen);
    engine.once("close", () => reject(new Error("disconnected before the reply")));
  });
  engine.write(`2${id}${text}`);
  const [reply] = JSON.parse(await answer);
  return reply.error?.code ?? "ok";
}
