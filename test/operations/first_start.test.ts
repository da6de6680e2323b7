import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import pg from "pg";
import { connect } from "../support/client.ts";
import { createDatabase } from "../support/database.ts";
import { request } from "../support/http.ts";
import { OWNER_TOKEN, startNode } from "../support/node.ts";
import { newBot } from "../support/people.ts";

/** Without an owner's account of the operator's choosing. */
const newcomer = { BOOTSTRAP_EMAIL: "", BOOTSTRAP_TOKEN: "" };

const failure = (start: Promise<unknown>) =>
  start.then(
    () => expect.fail("it started"),
    (error: Error) => error.message,
  );
const me = async (url: string, token: string) =>
  (await request(url, token, "/me")).body as Record<string, unknown>;
const tokenOf = (line: RegExpExecArray) => line[1]!;

describe("starting a node", function () {
  this.timeout(60_000);

  it("needs nothing else, shows one sign-in link, and loses nothing when it is killed", async () => {
    const DATA_DIR = await mkdtemp(join(tmpdir(), "taskmaster first start "));
    const first = await startNode({ ...newcomer, DATA_DIR });
    const link = await first.printed(/^Sign in \(shown this once\): \S+\/#token=(tm_\S+)$/m);
    const token = tokenOf(link);
    expect(link[0]).to.include(`${first.url}/#token=`);
    expect(await me(first.url, token)).to.include({ email: "owner@localhost", is_admin: true });

    const [, DATABASE_URL] = await first.printed(/DATABASE_URL='(\S+)'/);
    const second = await startNode({ ...newcomer, DATABASE_URL: DATABASE_URL! });
    expect(await me(second.url, token)).to.include({ email: "owner@localhost" });
    await second.stop();
    const message = await failure(startNode({ ...newcomer, DATA_DIR }));
    expect(message)
      .to.match(/is in use by process \d+/)
      .and.to.include(DATABASE_URL);

    const client = await connect(first.url, token);
    const { id: session_id } = await client.call("session.create", { title: "Kept" });
    const acknowledged: string[] = [];
    const posts = Array.from({ length: 300 }, async (_, index) => {
      const entry = await client.call("comment.post", { session_id, content: `${index}` });
      acknowledged.push(entry.id);
    });
    await Promise.race(posts);
    await first.kill();
    await Promise.allSettled(posts);
    client.close();
    const again = await startNode({ ...newcomer, DATA_DIR });
    await again.printed(/Redis +none/);
    const { body } = await request(again.url, token, `/sessions/${session_id}/stream?limit=1000`);
    const ids = (body as { entries: { id: string }[] }).entries.map((entry) => entry.id);
    expect(ids).to.include.members(acknowledged);
    expect(acknowledged).not.to.have.length(0);
    expect(again.output()).not.to.include("tm_");
    expect(await again.stop()).to.equal(0);
    await rm(DATA_DIR, { recursive: true });
  });

  it("shows its page and the reference, from its own host alone, and says where nothing is", async () => {
    const database = await createDatabase();
    const node = await startNode({ DATABASE_URL: database.url });
    for (const [path, title] of [
      ["/", "Taskmaster"],
      ["/docs/", "Taskmaster API reference"],
    ] as const) {
      const page = await fetch(node.url + path);
      const html = await page.text();
      expect(html).to.include(`<title>${title}</title>`);
      const policy = page.headers.get("Content-Security-Policy");
      expect(policy)
        .to.match(/script-src 'self';/)
        .and.to.match(/default-src 'self';/);
      expect(policy)
        .to.match(/frame-ancestors 'self'/)
        .and.to.match(/object-src 'none'/);
      const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
      expect(parts).not.to.have.length(0);
      for (const part of parts) {
        const { origin } = new URL(part, page.url);
        expect(origin, part).to.equal(node.url);
        expect((await fetch(new URL(part, page.url))).status, part).to.equal(200);
      }
    }
    const browser = "text/html,application/xhtml+xml,*/*;q=0.8";
    for (const [path, accept, type] of [
      ["/mistyped", browser, /^text\/html/],
      ["/mistyped", "*/*", /^application\/problem\+json/],
      ["/api/v1/mistyped", browser, /^application\/problem\+json/],
    ] as const) {
      const nothing = await fetch(node.url + path, { headers: { accept } });
      expect(nothing.status, path).to.equal(404);
      expect(nothing.headers.get("Content-Type"), path).to.match(type);
    }
    await node.stop();
    await database.drop();
  });

  it("says that the port is taken, and still shows the link the next time", async () => {
    const [database, other] = await Promise.all([createDatabase(), createDatabase()]);
    const holder = await startNode({ DATABASE_URL: other.url });
    const { port } = new URL(holder.url);
    const env = { ...newcomer, DATABASE_URL: database.url };
    expect(await failure(startNode({ ...env, PORT: port }))).to.match(
      new RegExp(`Port ${port} on 127.0.0.1 is in use. Set PORT`),
    );
    const node = await startNode(env);
    expect(tokenOf(await node.printed(/#token=(\S+)$/m))).to.match(/^tm_/);
    await Promise.all([node.stop(), holder.stop()]);
    await Promise.all([database.drop(), other.drop()]);
  });

  it("makes one owner when two nodes start at once on an empty database", async () => {
    const database = await createDatabase({ migrated: false });
    const env = { DATABASE_URL: database.url };
    const nodes = await Promise.all([startNode(env), startNode(env)]);
    const { body } = await request(nodes[0].url, OWNER_TOKEN, "/users");
    const people = (body as { data: { email: string; is_admin: boolean }[] }).data;
    expect(people.map(({ email, is_admin }) => [email, is_admin])).to.deep.equal([
      ["owner@example.org", true],
    ]);
    expect(await me(nodes[1].url, OWNER_TOKEN)).to.include({ email: "owner@example.org" });
    for (const node of nodes) expect(node.output()).not.to.include("tm_");
    await Promise.all(nodes.map((node) => node.stop()));
    await database.drop();
  });

  it("gives an owner who lost everything their account back", async () => {
    const database = await createDatabase();
    const env = { DATABASE_URL: database.url };
    const lost = await startNode({ ...env, ...newcomer, BOOTSTRAP_EMAIL: "Owner@Example.org" });
    const old = tokenOf(await lost.printed(/#token=(\S+)$/m));
    const { id } = await me(lost.url, old);
    await lost.stop();
    const renewed = `tm_${"n".repeat(43)}`;
    for (const BOOTSTRAP_EMAIL of ["", "owner@example.org"]) {
      const node = await startNode({ ...env, BOOTSTRAP_EMAIL, BOOTSTRAP_TOKEN: renewed });
      const answer = await me(node.url, renewed);
      expect(answer).to.include({ id, email: "owner@example.org", is_admin: true });
      await node.stop();
    }
    await database.drop();
  });

  it("lets a token that it is given sign its owner in, whatever it was before", async () => {
    const database = await createDatabase();
    const env = { DATABASE_URL: database.url };
    const before = await startNode(env);
    const owner = await connect(before.url);
    const { token: bots } = await newBot(owner, "Bot");
    const { token: expired, id } = await owner.call("token.create", { name: "old" });
    owner.close();
    await before.stop();
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query("UPDATE access_tokens SET expires_at = now() WHERE id = $1", [id]);
    await client.end();
    for (const BOOTSTRAP_TOKEN of [bots, expired]) {
      const node = await startNode({ ...env, BOOTSTRAP_TOKEN });
      expect(await me(node.url, BOOTSTRAP_TOKEN)).to.include({ is_admin: true, agent_id: null });
      await node.stop();
    }
    await database.drop();
  });
});
