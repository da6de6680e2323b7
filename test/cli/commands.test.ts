import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { Command } from "commander";
import { createProgram } from "../../cli/program.ts";
import { linesOf, openRoom, type Room, run, start } from "./room.ts";

const recording = fileURLToPath(new URL("history.json", import.meta.url));

describe("every command of taskmaster", function () {
  // Each starts the program several times.
  this.timeout(60_000);
  let room: Room;
  let folder: string;
  before(async () => {
    room = await openRoom();
    folder = await mkdtemp(join(tmpdir(), "taskmaster_commands_"));
    await file("team.json", {
      name: "Writers",
      type: "round_robin",
      members: ["Ada", { name: "Bob", role: "Edits" }],
      termination_condition_type: "max_turns",
      termination_condition_config: { max_turns: 2 },
      mechanisms: [{ type: "democratic", config: { rule: "majority" } }],
    });
  });
  after(async () => {
    await rm(folder, { recursive: true });
    await room.close();
  });

  const inFolder = (name: string) => join(folder, name);
  const file = (name: string, content: unknown) =>
    writeFile(inFolder(name), JSON.stringify(content));

  /** Runs a command that must succeed, as machines do: without a word on stderr. */
  async function ok(args: string, ...more: string[]): Promise<string> {
    const { code, stdout, stderr } = await run([...args.split(" "), ...more], room);
    expect(stderr).to.equal("");
    expect(code).to.equal(0);
    return stdout;
  }

  /** The same with --json: an object a line. */
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what the test asks
  async function json(args: string, ...more: string[]): Promise<any[]> {
    const lines = (await ok(args, ...more, "--json")).split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line));
  }

  /** In the order in which they are run: later ones use what earlier ones made. */
  const cases: Record<string, () => Promise<unknown>> = {
    whoami: async () => {
      const [me] = await json("whoami");
      expect(me).to.include({ url: room.url, email: "owner@example.org", scope: "full" });
    },
    "user create": async () => {
      const [user] = await json("user create guest@example.org Guest");
      expect(user).to.include({ email: "guest@example.org", name: "Guest", is_admin: false });
    },
    "user list": async () => {
      const emails = (await json("user list")).map((user) => user.email);
      expect(emails).to.deep.equal(["guest@example.org", "owner@example.org"]);
      expect(await json("user list --limit 1")).to.have.length(1);
    },
    "agent create": async () => {
      const [agent] = await json("agent create Ada --type assistant --config", '{"model":"m"}');
      expect(agent).to.deep.include({ name: "Ada", type: "assistant", config: { model: "m" } });
    },
    "agent list": async () => expect(await ok("agent list")).to.match(/^\S{36}\tAda\tassistant\t/),
    "team create": async () => {
      const [team] = await json("team create", inFolder("team.json"));
      expect(team).to.include({ name: "Writers", type: "round_robin" });
      const agents = await room.owner.command("agent.list", {});
      expect(
        agents.data.map(({ name }) => name),
        "Ada was there",
      ).to.have.members(["Ada", "Bob"]);
    },
    "team show": async () => {
      const [team] = await json("team show Writers");
      expect(team.members.map((member: { name: string }) => member.name)).to.deep.equal([
        "Ada",
        "Bob",
      ]);
      await file("shown.json", team);
      const [copy] = await json("team create", inFolder("shown.json"), "--name", "Poets");
      expect(copy.members).to.deep.equal(team.members);
      expect(copy.mechanisms).to.deep.equal(team.mechanisms);
    },
    "team list": async () => expect(await ok("team list")).to.match(/\tPoets\t.*\n.*\tWriters\t/),
    "session create": async () => {
      const [session] = await json("session create Story --team Writers");
      expect(session).to.include({ title: "Story", status: "active" });
      await json("session create Story --agents Ada,Bob");
    },
    "session list": async () => {
      const [newest, other] = await json("session list --search story --status active");
      expect(newest.agent_ids).to.have.length(2);
      const { stderr, code } = await run(["session", "show", "Story"], room);
      expect(stderr).to.match(/2 sessions are meant by "Story"; use an id: \S+, \S+\n$/);
      expect(code).to.equal(2);
      await ok("session archive", newest.id.slice(-8));
      const { id: session_id } = other;
      await room.owner.command("session.update", { session_id, title: "A story" });
    },
    "session invite": async () => {
      await ok("session invite", "A story", "guest@example.org", "--role", "observer");
    },
    prompt: async () =>
      expect(await ok("prompt", "A story", "Write")).to.match(/^posted as #\d+$/m),
    "turn list": async () => expect(await json("turn list --limit 5")).to.deep.equal([]),
    "session show": async () => {
      const [session] = await json("session show", "A story");
      expect(session.users.map((user: { name: string }) => user.name)).to.include("Guest");
      expect(session.run.status).to.equal("active");
      expect(session.turns).to.have.length(1);
    },
    post: async () => {
      const [message] = await json("post", "A story", "Once", "--sender-agent", "Ada");
      expect(message).to.include({ content: "Once", duplicate: false });
      const again = ["A story", "Once", "--sender-agent", "Ada", "--id", message.id];
      expect(await ok("post", ...again)).to.equal(`was posted before as #${message.seq}\n`);
    },
    comment: async () => {
      const [comment] = await json("comment", "A story", "Nice");
      expect(comment.content).to.equal("Nice");
    },
    follow: async () => {
      const child = start(["follow", "A story", "--after", "0"], room);
      const line = (await linesOf(child.stdout).next()).value;
      child.kill("SIGINT");
      expect(line).to.match(/^ {4}1 {2}log_entry owner .*Guest|^ {4}1 {2}/);
    },
    export: async () => {
      await writeFile(inFolder("story.jsonl"), await ok("export", "A story"));
    },
    replay: async () => {
      const [result] = await json("replay", recording);
      expect(result).to.include({ file: recording, entries: 5, bots: 3 });
    },
    simulate: async () => {
      const [result] = await json("simulate", inFolder("shown.json"), "--task", "go");
      expect(result.stop.code).to.equal("max_turns");
    },
    tally: async () => {
      const mechanism = { type: "democratic", config: { rule: "majority" } };
      const ballots = [{ voter: "a", choice: "tea" }];
      await file("decision.json", { mechanism, options: ["tea"], voters: ["a"], ballots });
      expect((await json("tally", inFolder("decision.json")))[0].winner).to.equal("tea");
    },
    "session archive": async () => {
      const { stdout } = await run(["session", "archive", "A story"], room);
      expect(stdout).to.match(/^archived \S{36}\n$/);
      const { code, stderr } = await run(["comment", "A story", "Late"], room);
      expect(stderr).to.match(/^taskmaster: .*archived/);
      expect(code).to.equal(1);
    },
    "token create": async () => {
      const [token] = await json("token create bot --agent Bob --scope write");
      expect(token.token).to.match(/^tm_/);
      const [me] = await json("whoami --token", token.token);
      expect(me.scope).to.equal("write");
    },
    "token list": async () => {
      const names = (await json("token list")).map((token) => token.name);
      expect(names).to.include("bot");
    },
    "token revoke": async () => {
      expect(await ok("token revoke bot")).to.match(/^revoked bot \(/);
      // Who is replaced has the name of who is in their place.
      await ok("token create bot");
      expect(await ok("token revoke bot")).to.match(/^revoked bot \(/);
    },
    doctor: async () => expect(await ok("doctor")).to.match(/^✔ node/),
    login: async () => {
      const env = { XDG_CONFIG_HOME: folder };
      const signed = await run(["login", `${room.url}/#token=${room.token}`], undefined, { env });
      expect(signed.stdout).to.match(/^signed in as owner </);
    },
    logout: async () => {
      const env = { XDG_CONFIG_HOME: folder };
      const out = await run(["logout", "--json"], undefined, { env });
      expect(JSON.parse(out.stdout)).to.deep.equal({ url: room.url });
      expect((await run(["logout"], undefined, { env })).code).to.equal(3);
    },
    migrate: async () => expect(await ok("migrate")).to.match(/^Nothing to do/),
    serve: async () => {
      const child = start(["serve", "--port", "0", "--data-dir", inFolder("data")]);
      const lines = linesOf(child.stdout);
      expect((await lines.next()).value).to.match(/^Taskmaster is running at http/);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGINT");
      expect(await ended).to.equal(0);
    },
    complete: async () => expect(await ok("complete bash")).to.match(/taskmaster/),
  };

  for (const [words, check] of Object.entries(cases)) it(`works: ${words}`, check);

  it("is among those above", () => {
    const program = createProgram(new AbortController().signal);
    expect(Object.keys(cases)).to.have.members(namesOf(program));
  });

  it("exits 4 for what is not there or not allowed", async () => {
    const nowhere = await run(["team", "show", "nowhere"], room);
    expect(nowhere.stderr).to.match(/^taskmaster: no team "nowhere": `taskmaster team list` shows/);
    expect(nowhere.code).to.equal(4);
    const { token } = await room.owner.command("token.create", { name: "r", scope: "read" });
    const refused = await run(
      ["agent", "create", "Eve", "--type", "custom", "--token", token],
      room,
    );
    expect(refused.stderr).to.match(/^taskmaster: .*scope/);
    expect(refused.code).to.equal(4);
  });

  it("answers the turn that waits for somebody by whose it is, though they have a voice of their own", async () => {
    const [alone] = await json("session create Alone");
    await ok("post", alone.id, "in a voice of my own");
    const members = [{ name: "Me", type: "user_proxy" }];
    await file("humans.json", { name: "Humans", type: "round_robin", members });
    await ok("team create", inFolder("humans.json"));
    const [session] = await json("session create Asking --team Humans");
    await ok("prompt", session.id, "What shall we do?");
    const [turn] = await json("turn list");
    await ok("post", session.id, "I answer");
    const { data } = await room.owner.command("turn.list", { session_id: session.id });
    const { status } = data.find(({ id }) => id === turn.id)!;
    expect(status).to.equal("answered");
  });

  it("makes no team whose file has somebody twice, and says which of several is to be named", async () => {
    const members = ["Twin", "Twin"];
    await file("twice.json", { name: "Twice", type: "round_robin", members });
    const twice = await run(["team", "create", inFolder("twice.json")], room);
    expect(twice.stderr).to.include("the file has Twin twice");
    expect(twice.code).to.equal(2);
    const [one, other] = [
      await json("agent create Twin --type assistant"),
      await json("agent create Twin --type assistant"),
    ].flat();
    const several = await run(["team", "create", inFolder("twice.json")], room);
    expect(several.stderr).to.include(one.id).and.include(other.id);
  });

  it("posts nothing when nothing comes through the pipe", async () => {
    const { id } = await room.owner.command("session.create", { title: "Nothing" });
    const { code, stderr } = await run(["post", id], room);
    expect(code).to.equal(2);
    expect(stderr).to.include("there is no text: nothing came through the pipe");
    expect(await room.owner.command("session.get", { session_id: id })).to.include({ head_seq: 0 });
  });

  it("posts nothing of what is not UTF-8", async () => {
    const { id } = await room.owner.command("session.create", { title: "Nothing" });
    const around = { stdin: Buffer.from("caf\xe9", "latin1") };
    const { code, stderr } = await run(["prompt", id], room, around);
    expect(code).to.equal(2);
    expect(stderr).to.match(/^taskmaster: the text is not UTF-8: .*\n$/);
    expect(await room.owner.command("session.get", { session_id: id })).to.include({ head_seq: 0 });
  });

  it("gives programs whole lists unless told", async () => {
    const titles = Array.from({ length: 51 }, (_, index) => `Among many ${index}`);
    await Promise.all(titles.map((title) => room.owner.command("session.create", { title })));
    expect(await json("session list --search among")).to.have.length(51);
    expect((await ok("session list --search among")).match(/\n/g)).to.have.length(51);
    expect(await json("session list --search among --limit 2")).to.have.length(2);
  });

  it("leaves nothing new of a team that could not be made", async () => {
    const before = await room.owner.command("agent.list", {});
    const mechanisms = [{ type: "democratic", config: { rule: "no such rule" } }];
    await file("bad.json", { name: "Bad", type: "broadcast", members: ["Eve"], mechanisms });
    const { code, stderr } = await run(["team", "create", inFolder("bad.json")], room);
    expect(stderr).to.match(/^taskmaster: .*rule/);
    expect(code).to.equal(2);
    const agents = await room.owner.command("agent.list", {});
    expect(agents.data).to.deep.equal(before.data);
    const teams = await room.owner.command("team.list", {});
    expect(teams.data.map(({ name }) => name)).to.not.include("Bad");
  });
});

function namesOf(parent: Command, before = ""): string[] {
  return parent.commands.flatMap((command) =>
    command.commands.length > 0
      ? namesOf(command, `${before}${command.name()} `)
      : [`${before}${command.name()}`],
  );
}
