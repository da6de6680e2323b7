import { expect } from "chai";
import type { ZodType } from "zod";
import type { Scope } from "../../contract/command.ts";
import { type CommandName, commands, type Input } from "../../contract/commands.ts";
import type { Entry } from "../../contract/entry.ts";
import { connect } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { sendHttp } from "../support/http.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { type Fixture, fixtures } from "./fixtures.ts";
import { http, type Reply, socketIo, type Transport } from "./transports.ts";
import { connectOwner, connectUser, makeWorld, type Person, type World } from "./world.ts";

const names = Object.keys(commands) as CommandName[];
const scopes: Scope[] = ["read", "write", "full"];

describe("every command of the table", () => {
  let database: TestDatabase;
  let node: TestNode;
  /** Closed to the stranger, and open to the observer. */
  let closed: World;
  let open: World;
  /** The owner, with a token of each scope. */
  let owners: Record<Scope, Person>;

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    const owner = await connectOwner(node.url);
    const observer = await connectUser(node.url, owner, "Observer");
    closed = await makeWorld(owner, await connectUser(node.url, owner, "Stranger"), "private");
    open = await makeWorld(owner, observer, "instance");
    const place = { session_id: open.session_id, user_id: observer.id };
    await owner.client.call("session.add_member", { ...place, role: "observer" });
    const withScope = async (scope: Scope): Promise<Person> => {
      const { token } = await owner.client.call("token.create", { name: scope, scope });
      return { ...owner, token, client: await connect(node.url, token) };
    };
    owners = { read: await withScope("read"), write: await withScope("write"), full: owner };
  });

  after(async () => {
    for (const { client } of [...Object.values(owners), closed.other, open.other]) client.close();
    await node.stop();
    await database.drop();
    expect(node.log()).not.to.include("a command failed");
  });

  it("has a fixture, and no fixture is of something else", () => {
    expect(Object.keys(fixtures).sort()).to.deep.equal([...names].sort());
  });

  it("takes an id in upper case for the same id", async () => {
    const { owner, session_id } = closed;
    const upper = session_id.toUpperCase();
    const follower = await connect(node.url);
    const { head_seq } = await owner.client.call("session.get", { session_id });
    await follower.call("session.join", { session_id: upper, after: head_seq });
    const delivered = new Promise<{ entries: Entry[] }>((resolve) => {
      follower.socket.once("entries", resolve);
    });
    const id = crypto.randomUUID();
    const input = { session_id, content: "once", id };
    const post = (input: Input<"comment.post">) => owner.client.call("comment.post", input);
    const shouted = { ...input, session_id: upper, id: id.toUpperCase() };
    expect(await post(shouted)).to.include({ id, session_id, duplicate: false });
    expect(await post(input)).to.include({ id, session_id, duplicate: true });
    const { entries } = await delivered;
    expect(entries).to.have.nested.property("[0].id", id);
    follower.close();
  });

  for (const name of names) {
    const command = commands[name];
    const fixture: Fixture | undefined = fixtures[name];
    if (fixture === undefined) continue; // and the test above names it
    for (const transport of [socketIo, http].filter((transport) => transport.serves(name))) {
      describe(`${name} over ${transport.name}`, () => generate(name, fixture, transport));
    }
    if (command.http === null) continue;
    it(`${name} over HTTP is refused without a token`, async () => {
      const { status, headers, body } = await sendHttp(
        node.url,
        null,
        name,
        await fixture.input(closed),
      );
      expect(status).to.equal(401);
      expect(headers.get("www-authenticate")).to.equal("Bearer");
      expect(body).to.include({ code: "unauthenticated", status: 401 });
    });
  }

  function generate(name: CommandName, fixture: Fixture, transport: Transport): void {
    const { input: schema, output, scope, http } = commands[name];
    const send = (person: Person, input: object) => transport.send(node.url, person, name, input);
    const fields = Object.entries(schema.shape) as [string, ZodType][];
    // A path without one of its fields is another path.
    const inPath = (field: string) => transport.name === "HTTP" && http!.includes(`:${field}`);
    const hasBody = !/^(GET|DELETE)/.test(http ?? "");
    const required = fields.filter(
      ([field, type]) => !type.safeParse(undefined).success && !inPath(field),
    );

    it("answers good input as declared", async () => {
      const input = await fixture.input(closed);
      const reply = await send(closed.owner, input);
      expect(reply).to.have.property("ok", true, JSON.stringify(reply));
      const data = output.parse((reply as { data: unknown }).data) as Record<string, unknown>;
      for (const [field, value] of Object.entries(input)) {
        if (field in data) expect(data[field], field).to.deep.equal(value);
      }
    });

    if (required.length > 0) {
      it("names each field that is missing", async () => {
        const good: Record<string, unknown> = { ...(await fixture.input(closed)) };
        for (const [field] of required) {
          const { [field]: _, ...input } = good;
          expectFault(await send(closed.owner, input), field);
        }
      });
    }

    if (fields.length > 0) {
      it("names each field of a wrong type", async () => {
        const good = await fixture.input(closed);
        for (const [field, type] of fields) {
          const value = wrong(type, transport.name === "HTTP" && !hasBody);
          expectFault(await send(closed.owner, { ...good, [field]: value }), field);
        }
      });
    }

    it("names a field it does not know", async () => {
      const input = { ...(await fixture.input(closed)), surprise: 1 };
      expectFault(await send(closed.owner, input), "surprise");
    });

    it(`answers ${fixture.stranger} to a stranger`, async () => {
      const reply = await send(closed.other, await fixture.input(closed));
      if (fixture.stranger !== "ok") return void expectCode(reply, fixture.stranger);
      expect(reply).to.have.property("ok", true, JSON.stringify(reply));
      // What anybody may ask for shows nothing of somebody else's.
      const { agent_id, team_id, tool_id, session_id, mechanism_id } = closed;
      for (const id of [agent_id, team_id, tool_id, session_id, mechanism_id, closed.owner.id]) {
        expect(JSON.stringify(reply)).not.to.include(id);
      }
    });

    it(`answers ${fixture.observer} to an observer`, async () => {
      const reply = await send(open.other, await fixture.input(open));
      if (fixture.observer !== "ok") return void expectCode(reply, fixture.observer);
      expect(reply).to.have.property("ok", true, JSON.stringify(reply));
    });

    for (const less of scopes.slice(0, scopes.indexOf(scope))) {
      it(`is forbidden to its owner's token of scope ${less}`, async () => {
        const reply = await send(owners[less], await fixture.input(closed));
        expect(expectCode(reply, "forbidden").message).to.include(scope);
      });
    }
  }
});

/** A value that the type refuses; sent in a query, also as the text that it is there. */
function wrong(type: ZodType, inQuery: boolean): unknown {
  const refused = (value: unknown) => !type.safeParse(value).success;
  return [5, "five", true, "long".repeat(1000)].find(
    (value) => refused(value) && (!inQuery || refused(String(value))),
  );
}

function expectCode(reply: Reply, code: string) {
  if (reply.ok) throw new Error(`was accepted: ${JSON.stringify(reply.data)}`);
  expect(reply.error.code, reply.error.message).to.equal(code);
  return reply.error;
}

function expectFault(reply: Reply, field: string): void {
  const { details = [] } = expectCode(reply, "invalid_input");
  expect(details.map(({ path }) => path.split(".")[0])).to.include(field);
}
