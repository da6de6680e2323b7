import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { startFakeServer } from "../client/fake_server.ts";
import { linesOf, openRoom, type Room, run, start } from "./room.ts";

describe("taskmaster follow", () => {
  let room: Room;
  let session_id: string;
  before(async () => {
    room = await openRoom();
  });
  after(() => room?.close());
  beforeEach(async () => {
    session_id = (await room.owner.command("session.create", { title: "Followed" })).id;
  });

  const post = async (from: number, to: number) => {
    for (let number = from; number <= to; number += 1) {
      await room.owner.command("comment.post", { session_id, content: `comment ${number}` });
    }
  };

  it("prints every entry once and in order across a killed server, and says where it stopped", async () => {
    await post(1, 20);
    const child = start(["follow", session_id, "--after", "0", "--json"], room);
    const lines = linesOf(child.stdout);
    const complaints = linesOf(child.stderr);
    const contents: string[] = [];
    const read = async (count: number) => {
      while (contents.length < count) contents.push(JSON.parse((await lines.next()).value).content);
    };
    await read(20);
    await post(21, 30);
    await read(30);
    await room.kill();
    expect((await complaints.next()).value).to.equal("offline, retrying");
    await room.restart();
    expect((await complaints.next()).value).to.equal("online again");
    await post(31, 50);
    await read(50);
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect((await complaints.next()).value).to.equal("last seq 50; go on with --after 50");
    expect((await lines.next()).done, "nothing comes twice").to.equal(true);
    expect(contents).to.deep.equal(Array.from({ length: 50 }, (_, i) => `comment ${i + 1}`));
    expect(code).to.equal(0);
  });

  it("prints one line an entry without colours into a pipe, whatever the entry holds", async () => {
    const content = "one\ntwo \u001b[31mred\u0007";
    await room.owner.command("comment.post", { session_id, content });
    const child = start(["follow", session_id], room);
    const line = (await linesOf(child.stdout).next()).value;
    child.kill("SIGINT");
    await once(child, "exit");
    expect(line).to.match(/^ {4}1 {2}comment {3}\S+ +one two \[31mred$/);
  });

  it("exits 3 when its token is revoked, which closes the session to it as well", async () => {
    const { id, token } = await room.owner.command("token.create", { name: "short" });
    await post(1, 1);
    const child = start(["follow", session_id, "--after", "0", "--token", token], room);
    const complaints = text(child.stderr);
    await linesOf(child.stdout).next();
    await room.owner.command("token.revoke", { token_id: id });
    const [code] = await once(child, "exit");
    expect(await complaints).to.match(/last seq 1; go on with --after 1\n.*sign in with/s);
    expect(code).to.equal(3);
  });

  it("tells of no cursor where none was reached", async () => {
    const { code, stderr } = await run(["follow", session_id, "--after", "9999"], room);
    expect(stderr).to.match(/^taskmaster: after is 9999, but the newest entry/);
    expect(code).to.equal(2);
  });

  it("ends quietly when its reader has had enough", async () => {
    await post(1, 1);
    const child = start(["follow", session_id, "--after", "0"], room);
    const complaints = text(child.stderr);
    await linesOf(child.stdout).next();
    child.stdout.destroy();
    await post(2, 2);
    const [code] = await once(child, "exit");
    expect(await complaints).to.equal("");
    expect(code).to.equal(0);
  });

  it("ends at Ctrl-C though it waits for a speaker's name", async () => {
    const server = await startFakeServer();
    const entry = { kind: "comment", session_id, seq: 1, user_id: session_id, content: "Hello" };
    server.answer("session.join", (_, socket) => {
      setImmediate(() => socket.emit("entries", { session_id, entries: [entry] }));
      return { ok: true, data: { head_seq: 1, members: [], presence: [] } };
    });
    const asked = new Promise<void>((resolve) => {
      server.answer("session.get_roster", () => resolve());
    });
    const child = start(["follow", session_id], { url: server.url, token: "tm_" });
    await asked;
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect(code).to.equal(0);
    await server.close();
  });

  it("fails with a sentence when there is no such session", async () => {
    const nothing = "01940000-0000-7000-8000-000000000001";
    const { code, stdout, stderr } = await run(["follow", nothing], room);
    expect(stderr).to.match(/^taskmaster: .*no such session/i);
    expect(stdout).to.equal("");
    expect(code).to.equal(4);
  });

  it("fails with a sentence when the token is not known", async () => {
    const { code, stderr } = await run(["follow", session_id], { url: room.url, token: "tm_no" });
    expect(stderr).to.match(/^taskmaster: .*token.*taskmaster login/i);
    expect(code).to.equal(3);
  });
});
