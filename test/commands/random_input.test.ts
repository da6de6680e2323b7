import { expect } from "chai";
import fc from "fast-check";
import { type CommandName, commands } from "../../contract/commands.ts";
import { errors } from "../../contract/errors.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { http, type Reply, socketIo } from "./transports.ts";
import { connectOwner, connectUser, makeWorld, type Person, type World } from "./world.ts";

const names = Object.keys(commands) as CommandName[];
/** What a command may answer with, beside ok, while every part of the server is there. */
const codes = Object.keys(errors).filter((code) => !["internal", "unavailable"].includes(code));

const hostile = fc.constantFrom("\0", "\ud800", "__proto__", "1e999", "", "a".repeat(1000));
const json = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 1, arbitrary: hostile },
  { weight: 1, arbitrary: fc.dictionary(fc.oneof(fc.string(), hostile), fc.jsonValue()) },
);

/** A command, with an input of its fields: ids that exist, values that fit, and anything else. */
function anyCommand(world: World): fc.Arbitrary<[CommandName, object]> {
  const { owner, agent_id, team_id, tool_id, session_id, mechanism_id, member_id } = world;
  const ids: Record<string, string> = { agent_id, team_id, tool_id, session_id, mechanism_id };
  const values = fc.oneof(json, fc.constantFrom(...Object.values(ids), owner.id, member_id));
  const field = (name: string, schema: { options?: string[] }) =>
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(ids[name] ?? "text", ...(schema.options ?? [])) },
      { weight: 1, arbitrary: values },
    );
  return fc.constantFrom(...names).chain((name) => {
    const { shape } = commands[name].input;
    const fields = Object.entries(shape).map(([field_name, schema]) => [
      field_name,
      field(field_name, schema as { options?: string[] }),
    ]);
    const input = fc.oneof(
      { weight: 5, arbitrary: fc.record(Object.fromEntries(fields), { requiredKeys: [] }) },
      { weight: 1, arbitrary: fc.dictionary(fc.string(), json) },
    );
    return fc.tuple(fc.constant(name), input);
  });
}

describe("any input at all", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: Person;
  let world: World;

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    owner = await connectOwner(node.url);
    world = await makeWorld(owner, await connectUser(node.url, owner, "Other"), "private");
  });

  after(async () => {
    owner.client.close();
    world.other.client.close();
    await node.stop();
    await database.drop();
    expect(node.log()).not.to.include("a command failed");
  });

  for (const transport of [socketIo, http]) {
    it(`gets a code of the table over ${transport.name}, and the server lives`, async () => {
      const seen = new Set<string>();
      const property = fc.asyncProperty(anyCommand(world), async ([name, input]) => {
        if (!transport.serves(name)) return;
        const reply: Reply = await transport.send(node.url, owner, name, input);
        seen.add(reply.ok ? "ok" : reply.error.code);
        if (!reply.ok) expect(codes, JSON.stringify(reply.error)).to.include(reply.error.code);
      });
      await fc.assert(property, { numRuns: 500 });
      // Or it would have tested one refusal every time.
      expect([...seen]).to.include.members(["ok", "invalid_input", "not_found"]);
      expect(await owner.client.call("me.get", {})).to.include({ id: owner.id });
    });
  }
});
