import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { Client } from "../../client/index.ts";
import type { Entry } from "../../contract/entry.ts";
import { connect, type TestClient } from "../support/client.ts";
import { type Consumer, makeConsumer } from "../support/consumer.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { programOf } from "../support/programs.ts";
import { eventsIn, makeTeam } from "../support/team.ts";

const examples = "docs/examples";
const programs: Readonly<Record<string, string>> = {
  js: process.execPath,
  // Debian's, for which Debian packages python-socketio.
  py: "/usr/bin/python3",
  sh: "/bin/sh",
};
const turns = (max_turns: number) =>
  ({
    termination_condition_type: "max_turns",
    termination_condition_config: { max_turns },
  }) as const;

/** An example at work, and what it has printed so far. */
interface Running {
  readonly process: ChildProcess;
  /** Resolves when it has printed this. */
  printed(text: string): Promise<void>;
  output(): string;
}

describe("the examples", function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;
  let watcher: Client;
  let consumer: Consumer;
  const running: ChildProcess[] = [];
  const tried = new Set<string>();

  before(async () => {
    consumer = await makeConsumer();
    await cp(examples, consumer.path, { recursive: true });
    await writeFile(join(consumer.path, "package.json"), `{ "type": "module" }`);
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url });
    owner = await connect(node.url);
    watcher = new Client({ url: node.url, token: OWNER_TOKEN });
  });
  afterEach(async () => {
    for (const process of running.splice(0)) {
      if (process.exitCode !== null || process.signalCode !== null) continue;
      const exited = once(process, "exit");
      process.kill("SIGKILL");
      await exited;
    }
  });
  after(async () => {
    watcher.close();
    owner.close();
    await node.stop();
    await database.drop();
    await consumer.remove();
  });

  const start = (file: string, token: string, ...given: string[]): Running => {
    tried.add(file);
    const env = { ...process.env, NODE_OPTIONS: "", TASKMASTER_URL: node.url };
    const child = spawn(programs[file.split(".").at(-1)!]!, [file, ...given], {
      cwd: consumer.path,
      env: { ...env, TASKMASTER_TOKEN: token },
      stdio: ["ignore", "pipe", "inherit"],
    });
    running.push(child);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    const printed = (text: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (output.includes(text)) resolve();
        };
        child.stdout.on("data", look);
        child.once("exit", (code) => reject(new Error(`It ended with ${code}`)));
        look();
      });
    return { process: child, printed, output: () => output };
  };

  const prompt = (session_id: string, content = "Say something") =>
    owner.call("prompt.post", { session_id, content });
  const untilEvent = async (session_id: string, event: string): Promise<Entry[]> => {
    const entries: Entry[] = [];
    for await (const entry of watcher.session(session_id).entries({ after: 0 })) {
      entries.push(entry);
      if (entry.kind === "log_entry" && entry.data.event === event) break;
    }
    return entries;
  };
  const said = (entries: readonly Entry[]) =>
    entries.flatMap((entry) => (entry.kind === "message" ? [entry.content] : []));
  const untilStopped = (session_id: string) => untilEvent(session_id, "run.stopped");

  /** A team of one bot, which is an example, and a session that has been prompted. */
  const makeRoom = async (content: string, team: object = turns(1)) => {
    const { session_id, agents } = await makeTeam(owner, ["Ada"], team);
    await prompt(session_id, content);
    return { session_id, token: agents.get("Ada")!.token };
  };

  it("echo_bot.js says what was said last, and by whom", async () => {
    const { session_id, token } = await makeRoom("Hello");
    start("echo_bot.js", token);
    const { name } = await owner.call("me.get", {});
    expect(said(await untilStopped(session_id))).to.deep.equal([`${name} said: Hello`]);
  });

  it("streaming_bot.js shows its words as they come, and says what they cost", async () => {
    const { session_id, agents } = await makeTeam(owner, ["Ada"], turns(1));
    let shown = "";
    watcher.session(session_id).on("delta", ({ text }) => {
      shown += text;
    });
    const bot = start("streaming_bot.js", agents.get("Ada")!.token);
    await bot.printed("waits for turns");
    await prompt(session_id, "Why?");
    const entries = await untilStopped(session_id);
    const answer = "You asked: Why? Let me think it over.";
    expect(said(entries)).to.deep.equal([answer]);
    expect(answer.startsWith(shown) && shown !== "").to.equal(true);
    expect(
      entries.filter((entry) => entry.kind === "log_entry" && entry.type === "token_usage"),
    ).to.have.length(1);
    watcher.session(session_id).close();
  });

  it("tool_bot.js shows the call, the result, and the answer", async () => {
    const { session_id, token } = await makeRoom("Three small words");
    start("tool_bot.js", token);
    const messages = (await untilStopped(session_id)).filter((entry) => entry.kind === "message");
    expect(messages.map(({ content }) => content)).to.deep.equal(["", "", "That was 3 words."]);
    expect(messages[1]!.tool_call).to.deep.include({ result: { words: 3 } });
  });

  it("ballot_bot.js votes for the shortest option", async () => {
    const { team_id, session_id, agents } = await makeTeam(owner, ["Ada"]);
    const config = { rule: "plurality" };
    await owner.call("mechanism.create", { team_id, type: "democratic", config });
    const question = { question: "What to drink?", options: ["Lemonade", "Tea"] };
    await owner.call("decision.open", { session_id, ...question });
    start("ballot_bot.js", agents.get("Ada")!.token);
    const [closed] = eventsIn(await untilEvent(session_id, "decision.closed"), "decision.closed");
    expect(closed!.data.winner).to.equal("Tea");
  });

  it("observer.js prints the past and what comes, with names", async () => {
    const { session_id } = await makeRoom("Before");
    const { name } = await owner.call("me.get", {});
    const observer = start("observer.js", OWNER_TOKEN, session_id);
    await observer.printed(`1 ${name}: Before\n`);
    const { seq } = await owner.call("comment.post", { session_id, content: "After" });
    await observer.printed(`${seq} ${name}: After\n`);
  });

  it("ask_a_person.js waits for a person's word", async () => {
    const { session_id, token } = await makeRoom("Book the hall", {
      type: "custom",
      config: { strategy: "swarm" },
      termination_condition_type: "custom",
      termination_condition_config: { any: [{ type: "stop_message" }] },
    });
    start("ask_a_person.js", token);
    await untilEvent(session_id, "turn.closed");
    await prompt(session_id, "yes");
    const { name } = await owner.call("me.get", {});
    expect(said(await untilStopped(session_id))).to.deep.equal([
      "Shall I book the hall for 80 EUR? yes or no",
      `Booked, as ${name} said.`,
    ]);
  });

  it("team_from_code.js makes a team that works, and ends", async () => {
    const team = start("team_from_code.js", OWNER_TOKEN);
    const [code] = await once(team.process, "close");
    expect(team.output()).to.equal("A ship sank.\nIt was a fish.\nAnd swam.\nTHE END\n");
    expect(code).to.equal(0);
  });

  it("plain_socket.js answers without the SDK", async () => {
    const { session_id, token } = await makeRoom("Go", turns(3));
    start("plain_socket.js", token, session_id);
    const answers = ["Answer 1", "Answer 2", "Answer 3"];
    expect(said(await untilStopped(session_id))).to.deep.equal(answers);
  });

  it("python_bot.py answers from Python", async () => {
    const { session_id, token } = await makeRoom("Go", turns(2));
    start("python_bot.py", token, session_id);
    const answers = ["Answer 1 from Python", "Answer 2 from Python"];
    expect(said(await untilStopped(session_id))).to.deep.equal(answers);
  });

  it("follow.sh prompts and follows with curl", async () => {
    const { id: session_id } = await owner.call("session.create", { title: "Followed" });
    const follower = start("follow.sh", OWNER_TOKEN, session_id, "By curl");
    await follower.printed(`"content":"By curl"`);
    await owner.call("comment.post", { session_id, content: "Live" });
    await follower.printed(`"content":"Live"`);
  });

  it("have a team as a file, which the command line makes", async () => {
    tried.add("team.json");
    const args = [programOf("cli/main.ts"), "team", "create", join(examples, "team.json")];
    const env = { ...process.env, TASKMASTER_URL: node.url, TASKMASTER_TOKEN: OWNER_TOKEN };
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "inherit"] });
    expect((await once(child, "exit"))[0]).to.equal(0);
    const { data } = await owner.call("team.list", {});
    expect(data.map(({ name }) => name)).to.include("Planners");
  });

  it("are all tried here, and listed for the reader", async () => {
    const files = (await readdir(examples)).filter((file) => file !== "README.md");
    expect([...tried]).to.have.members(files);
    const list = await readFile(join(examples, "README.md"), "utf8");
    expect(files.filter((file) => !list.includes(`(${file})`))).to.deep.equal([]);
  });
});
