import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { ownerOf } from "../../server/database/folder_claim.ts";
import { environment, openRoom, type Room, run, taskmaster } from "./room.ts";
import { ESCAPE, openTerminal, quoted, withoutColors } from "./terminal.ts";

const recording = fileURLToPath(new URL("history.json", import.meta.url));
const CTRL_C = "\x03";

describe("taskmaster in a terminal", function () {
  // Each starts the program several times.
  this.timeout(60_000);
  let room: Room;
  let session_id: string;
  before(async () => {
    room = await openRoom();
    const title = `A long title ${"that goes on ".repeat(12)}`.trim();
    session_id = (await room.owner.command("session.create", { title })).id;
    await room.owner.command("comment.post", { session_id, content: "Hello" });
  });
  after(() => room?.close());

  it("shows a table in colours that fits it, with the short end of ids", async () => {
    const { code, screen } = await openTerminal(["session", "list"], room, { columns: 72 }).ended();
    expect(code).to.equal(0);
    expect(screen).to.include(ESCAPE);
    const [head = "", row = ""] = withoutColors(screen).split("\r\n");
    expect(head).to.match(/^id +title +status +head_seq +updated_at$/);
    expect(row).to.match(new RegExp(`^${session_id.slice(-8)}  A long title .*…  active +1 `));
    for (const line of [head, row]) expect([...line]).to.have.length.of.at.most(72);
  });

  it("keeps the table and leaves out the colours where NO_COLOR asks for it", async () => {
    const env = { NO_COLOR: "1" };
    const { screen } = await openTerminal(["session", "list"], room, { env }).ended();
    expect(screen).to.match(/^id +title/);
    expect(screen).to.not.include(ESCAPE);
  });

  it("shows a bar while it replays, which comes to its end", async () => {
    const { code, screen } = await openTerminal(["replay", recording], room).ended();
    expect(screen).to.match(/history\.json █+░* \d\/5/);
    expect(screen).to.match(/█{30} 5\/5/);
    expect(screen).to.match(/5 entries by 3 bots/);
    expect(code).to.equal(0);
  });

  it("ends follow by Ctrl-C with 0, saying where it stopped", async () => {
    const terminal = openTerminal(["follow", session_id, "--after", "0"], room);
    await terminal.shows(/Hello/);
    terminal.press(CTRL_C);
    const { code, screen } = await terminal.ended();
    expect(screen).to.match(/last seq 1; go on with --after 1\r\n$/);
    expect(screen).to.include(ESCAPE);
    expect(code).to.equal(0);
  });

  it("ends follow by Ctrl-C also while the server is away", async () => {
    const terminal = openTerminal(["follow", session_id, "--after", "0"], room);
    await terminal.shows(/Hello/);
    await room.kill();
    await terminal.shows(/offline, retrying/);
    terminal.press(CTRL_C);
    const { code, screen } = await terminal.ended().finally(() => room.restart());
    expect(screen).to.match(/last seq 1; go on with --after 1\r\n$/);
    expect(code).to.equal(0);
  });

  it("ends a server by Ctrl-C with 0, and its PostgreSQL with it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "taskmaster_serve_"));
    const args = ["serve", "--port", "0", "--data-dir", folder];
    const terminal = openTerminal(args, undefined, { env: { DATABASE_URL: "" } });
    await terminal.shows(/Taskmaster is running at/);
    expect(await ownerOf(folder)).to.not.equal(null);
    terminal.press(CTRL_C);
    const { code } = await terminal.ended();
    expect(code).to.equal(0);
    expect(await ownerOf(folder)).to.equal(null);
    expect(await readdir(join(folder, "postgres"))).to.not.include("postmaster.pid");
    await rm(folder, { recursive: true });
  });

  it("ends what is not done yet by Ctrl-C with 130, and takes back what it can", async () => {
    const terminal = openTerminal(["replay", "--pace", "0.01", recording], room);
    await terminal.shows(/1\/5/);
    terminal.press(CTRL_C);
    const { code, screen } = await terminal.ended();
    expect(screen).to.match(/taskmaster: interrupted\r\n$/);
    expect(screen, "the cursor is shown again").to.include(`${ESCAPE}[?25h`);
    expect(code).to.equal(130);
    const { data } = await room.owner.command("token.list", { limit: 200 });
    const bots = data.filter((token) => token.agent_id !== null);
    for (const bot of bots) expect(bot.revoked_at).to.be.a("string");
  });

  it("ends what is not done yet by Ctrl-C also while the server is away", async () => {
    const terminal = openTerminal(["replay", "--pace", "2", recording], room);
    await terminal.shows(/1\/5/);
    await room.kill();
    await terminal.shows(/offline, retrying/);
    terminal.press(CTRL_C);
    const { code, screen } = await terminal.ended().finally(() => room.restart());
    expect(screen).to.match(/taskmaster: interrupted\r\n$/);
    expect(code).to.equal(130);
  });

  describe("signing in", () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "taskmaster_login_"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    it("asks for the token without showing it, keeps it for this user only, and forgets it", async () => {
      const env = { XDG_CONFIG_HOME: folder };
      const terminal = openTerminal(["login"], undefined, { env });
      await terminal.shows(/not shown\): /);
      terminal.press(`${room.url}/#token=${room.token}\r`);
      const { code, screen } = await terminal.ended();
      expect(screen).to.match(/signed in as owner <owner@example.org> at /);
      expect(screen).to.not.include(room.token);
      expect(code).to.equal(0);
      const file = join(folder, "taskmaster", "credentials.json");
      expect((await stat(file)).mode & 0o777).to.equal(0o600);
      expect(await readFile(file, "utf8")).to.include(room.token);

      const whoami = () => run(["whoami", "--json"], undefined, { env });
      expect(JSON.parse((await whoami()).stdout)).to.include({ url: room.url, scope: "full" });
      expect((await run(["logout"], undefined, { env })).code).to.equal(0);
      expect((await whoami()).code).to.equal(3);
    });

    it("sends a token to no other server than its own", async () => {
      const env = { XDG_CONFIG_HOME: folder };
      const stdin = `${room.token}\n`;
      const signed = await run(["login", "--url", room.url], undefined, { env, stdin });
      expect(signed.code).to.equal(0);
      const other = await run(["whoami", "--url", "http://127.0.0.1:9"], undefined, { env });
      expect(other.stderr).to.match(/no access token/);
      expect(other.code).to.equal(3);
    });

    it("keeps no token that the server refuses", async () => {
      const env = { XDG_CONFIG_HOME: folder };
      const args = ["login", "--url", room.url, "tm_wrong"];
      const { code, stderr } = await run(args, undefined, { env });
      expect(stderr).to.match(/^taskmaster: .*token/);
      expect(code).to.equal(3);
      expect((await run(["whoami"], undefined, { env })).stderr).to.match(/no access token/);
    });

    it("says what a link must be", async () => {
      const { code, stderr } = await run(["login", "ftp://127.0.0.1/#token=tm_x"]);
      expect(stderr).to.match(/^taskmaster: this is no sign-in link/);
      expect(code).to.equal(2);
    });

    it("gives up at Ctrl-C", async () => {
      const terminal = openTerminal(["login"], undefined, { env: { XDG_CONFIG_HOME: folder } });
      await terminal.shows(/not shown\): /);
      terminal.press(CTRL_C);
      expect((await terminal.ended()).code).to.equal(130);
    });
  });
});

describe("taskmaster in a pipe", function () {
  // Each starts the program several times.
  this.timeout(60_000);
  let room: Room;
  before(async () => {
    room = await openRoom();
    for (let number = 1; number <= 3; number += 1) {
      const { id } = await room.owner.command("session.create", { title: `Session ${number}` });
      await room.owner.command("comment.post", { session_id: id, content: "Hello" });
      await room.owner.command("comment.post", { session_id: id, content: "Hello again" });
    }
  });
  after(() => room?.close());

  const shell = async (pipeline: string) => {
    const words = taskmaster().map(quoted).join(" ");
    const script = `set -o pipefail; taskmaster() { ${words} "$@"; }; ${pipeline}`;
    const child = spawn("bash", ["-c", script], {
      env: environment(room),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "exit"),
    ]);
    return { stdout, stderr, code };
  };

  const piped = [
    ["session list", /^[0-9a-f-]{36}\tSession 3\tactive\t2\t\d{4}-.*Z\n.*Session 2/],
    ["session list --json", /^\{"id":.*\}\n\{"id":.*\}\n/],
    ["session show 'Session 1'", /^id\t[0-9a-f-]{36}\ntitle\tSession 1\n/],
    ["whoami", /^owner </],
    ["export 'Session 1'", /^\{"taskmaster_export":1.*\n\{/],
    ["doctor", /^✔ node/],
    ["session list --help", /^Usage: /],
  ] as const;
  for (const [words, expected] of piped) {
    it(`writes no colours, and is content with a reader of one line: ${words}`, async () => {
      const whole = await shell(`taskmaster ${words} | cat`);
      expect(whole.stdout).to.match(expected);
      expect(whole.stdout).to.not.include(ESCAPE);
      const { stdout, ...rest } = await shell(`taskmaster ${words} | head -1`);
      expect(stdout.split("\n")).to.have.length(2);
      expect(rest).to.deep.equal({ stderr: "", code: 0 });
    });
  }

  it("ends follow when its reader has had enough", async () => {
    const { id: session_id } = await room.owner.command("session.create", { title: "Live" });
    await room.owner.command("comment.post", { session_id, content: "one" });
    const following = shell(`taskmaster follow Live --after 0 | head -1`);
    // It notices that nobody reads when it writes the next line.
    const more = setInterval(
      () => void room.owner.command("comment.post", { session_id, content: "more" }),
      100,
    );
    const { stdout, stderr, code } = await following.finally(() => clearInterval(more));
    expect(stdout).to.match(/^ {4}1 {2}comment .*one\n$/);
    expect(stderr).to.equal("");
    expect(code).to.equal(0);
  });

  it("reads the text of a post from the pipe, and says so when there is none", async () => {
    const { stdout } = await shell(`printf 'two\\nlines\\n' | taskmaster prompt 'Session 1'`);
    expect(stdout).to.equal("posted as #3\n");
    const { data } = await room.owner.command("session.list", { search: "Session 1" });
    const prompts = await room.owner.command("prompt.list", { session_id: data[0]!.id });
    expect(prompts.data[0]!.content).to.equal("two\nlines");
    const empty = await shell(`taskmaster prompt 'Session 1' - < /dev/null`);
    expect(empty.stderr).to.match(/^taskmaster: there is no text/);
    expect(empty.code).to.equal(2);
  });
});
