import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { connect, type TestClient } from "../support/client.ts";
import { type Consumer, makeConsumer } from "../support/consumer.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";

const run = promisify(execFile);
const tsc = resolve("node_modules/.bin/tsc");

const program = `
import { Bot, Client, CommandError, type SessionState, type Turn } from "taskmaster/client";

const client = new Client({ url: process.env.TASKMASTER_URL!, token: process.env.TASKMASTER_TOKEN! });
const { id } = await client.session.create({ title: "From a package" });
const session = client.session(id);
await session.comment("Hello");
for await (const entry of session.entries({ after: 0 })) {
  if (entry.kind === "comment") {
    const text: string = entry.content;
    console.log(text);
    break;
  }
}
const state: SessionState = await session.load();
console.log(state.totals.entries.comment);

export const bot = new Bot({ client })
  .onTurn(async (turn: Turn) => {
    const { sum } = await turn.callTool("add", { a: 1 }, async ({ a }) => ({ sum: a + 1 }));
    await turn.usage({ model: "m", input: sum, output: 0 });
    // @ts-expect-error: tokens are numbers
    await turn.usage({ model: "m", input: "1", output: 0 });
  })
  .onBallot((ballot) => ballot.cast(ballot.options[0] ?? "abstain"));

try {
  // @ts-expect-error: there is no such field
  await client.session.create({ title: "Wrong", colour: "red" });
} catch (error) {
  if (error instanceof CommandError) console.log(error.code);
}
client.close();
`;

const compilerOptions = {
  target: "es2023",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  // Types of ours that are wrong are an error of the consumer's.
  skipLibCheck: false,
  typeRoots: [resolve("node_modules/@types")],
  types: ["node"],
};

describe("the package, installed in another project", function () {
  this.timeout(120_000);
  let consumer: Consumer;

  before(async () => {
    consumer = await makeConsumer();
    await writeFile(join(consumer.path, "package.json"), `{ "type": "module" }`);
    await writeFile(join(consumer.path, "program.ts"), program);
  });
  after(() => consumer.remove());

  const check = async (name: string, options: object) => {
    const tsconfig = { compilerOptions: { ...compilerOptions, ...options }, files: ["program.ts"] };
    await writeFile(join(consumer.path, name), JSON.stringify(tsconfig));
    const checked = run(tsc, ["-p", name], { cwd: consumer.path });
    await checked.catch(({ stdout }) => expect.fail(stdout));
  };

  it("has the SDK with its types, and nothing that is no part of the product", () => {
    expect(consumer.packed).to.include("dist/client/index.js");
    expect(consumer.packed).to.include("dist/client/index.d.ts");
    expect(consumer.packed.filter((path) => !/^(dist\/|package\.json$)/.test(path))).to.be.empty;
  });

  it("has the types that a bundler's project sees", () =>
    check("bundler.json", { module: "esnext", moduleResolution: "bundler", noEmit: true }));

  describe("and run against a node", () => {
    let database: TestDatabase;
    let node: TestNode;
    let owner: TestClient;
    before(async () => {
      database = await createDatabase();
      node = await startNode({ DATABASE_URL: database.url });
      owner = await connect(node.url);
    });
    after(async () => {
      owner.close();
      await node.stop();
      await database.drop();
    });

    it("has the types that a project of Node sees, and does what they say", async () => {
      await check("nodenext.json", { module: "nodenext", outDir: "built" });
      const env = { ...process.env, NODE_OPTIONS: "", TASKMASTER_URL: node.url };
      const { stdout } = await run(process.execPath, ["built/program.js"], {
        cwd: consumer.path,
        env: { ...env, TASKMASTER_TOKEN: OWNER_TOKEN },
      });
      expect(stdout).to.equal("Hello\n1\ninvalid_input\n");
    });
  });
});
