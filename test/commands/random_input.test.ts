import { expect } from "chai";
import fc from "fast-check";
import { type CommandName, commands } from "../../contract/commands.ts";
import { errors } from "../../contract/errors.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { startNode, type TestNode } from "../support/node.ts";
import { fixtures } from "./fixtures.ts";
import { http, socketIo } from "./transports.ts";
import { connectOwner, connectUser, makeWorld, type Person, type World } from "./world.ts";

const names = Object.keys(commands) as CommandName[];
/** What a command may answer with, beside ok, while every part of the server is there. */
const codes = Object.keys(errors).filter((code) => !["internal", "unavailable"].includes(code));

/** What broke servers before: text that is none, keys of every object, more than was meant. */
const hostile: fc.Arbitrary<unknown> = fc.constantFrom(
  "a\0b",
  "\ud800",
  "",
  "a".repeat(1000),
  -1,
  2 ** 60,
  null,
  { "\0": "\0" },
  { a: ["\udc00"] },
  JSON.parse('{"__proto__":{"a":1}}'),
  { toString: 1, length: -1 },
);
const anything = fc.oneof(hostile, hostile, fc.jsonValue(), fc.string({ unit: "binary" }));

/** A command, and a field to change in input that is good; or input that is nothing like it. */
const anyCommand = fc.constantFrom(...names).chain((name) => {
  const known = Object.keys(commands[name].input.shape);
  const fields = fc.constantFrom(...known, ...known, ...known, "constructor");
  return fc.record({
    name: fc.constant(name),
    change: fc.tuple(fields, anything),
    other: fc.option(fc.dictionary(fc.string(), anything), { freq: 8 }),
  });
});

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
      const property = fc.asyncProperty(anyCommand, async ({ name, change, other }) => {
        if (!transport.serves(name)) return;
        const input = other ?? { ...(await fixtures[name].input(world)), [change[0]]: change[1] };
        const reply = await transport.send(node.url, owner, name, input);
        seen.add(reply.ok ? "ok" : reply.error.code);
        if (!reply.ok) expect(codes, JSON.stringify(reply.error)).to.include(reply.error.code);
      });
      await fc.assert(property, { numRuns: 500 });
      // Or it would have tested one refusal every time.
      expect([...seen]).to.include.members(["ok", "invalid_input"]);
      expect(await owner.client.call("me.get", {})).to.include({ id: owner.id });
    });
  }
});
