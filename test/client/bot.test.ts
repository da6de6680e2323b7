import { expect } from "chai";
import { v5 as uuidv5 } from "uuid";
import { Client } from "../../client/client.ts";
import { Bot, emptyState, memoryStore, type Turn, TurnEnded } from "../../client/index.ts";
import type { Entry } from "../../contract/entry.ts";
import { CommandError } from "../../contract/errors.ts";
import { connect, type TestClient } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { OWNER_TOKEN, startNode, type TestNode } from "../support/node.ts";
import { newPerson } from "../support/people.ts";
import { freePort } from "../support/port.ts";
import { eventsIn, makeTeam, type TestTeam } from "../support/team.ts";

const three = {
  termination_condition_type: "max_turns",
  termination_condition_config: { max_turns: 3 },
} as const;
const one = {
  termination_condition_type: "max_turns",
  termination_condition_config: { max_turns: 1 },
} as const;

/** A promise, and how to resolve it. */
function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve!: (value: Value) => void;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Does something as ever, but the first time its answer is lost. */
function loseAnswer<Input, Output>(act: (input: Input) => Promise<Output>) {
  let isLost = false;
  return async (input: Input): Promise<Output> => {
    const output = await act(input);
    if (isLost) return output;
    isLost = true;
    throw new CommandError("unavailable", "The connection was lost");
  };
}

describe("a bot", () => {
  let database: TestDatabase;
  let node: TestNode;
  let owner: TestClient;
  let watcher: Client;
  const bots: Bot[] = [];
  let errors: Error[] = [];

  before(async () => {
    database = await createDatabase();
    node = await startNode({ DATABASE_URL: database.url, MAX_ENTRY_BYTES: "20000" });
    owner = await connect(node.url);
    watcher = new Client({ url: node.url, token: OWNER_TOKEN });
  });
  afterEach(async () => {
    for (const bot of bots.splice(0)) bot.client.close();
    errors = [];
  });
  after(async () => {
    watcher.close();
    owner.close();
    await node.stop();
    await database.drop();
  });

  const botOf = (token: string): Bot => {
    const bot = new Bot({ url: node.url, token }).onError((error) => errors.push(error));
    bots.push(bot);
    return bot;
  };
  const memberOf = (team: TestTeam, name: string) => botOf(team.agents.get(name)!.token);
  const prompt = (session_id: string, content = "Go") =>
    owner.call("prompt.post", { session_id, content });

  /** Reads a session from its first entry until one is there that is looked for. */
  const until = async (session_id: string, isLast: (entry: Entry) => boolean): Promise<Entry[]> => {
    const entries: Entry[] = [];
    for await (const entry of watcher.session(session_id).entries({ after: 0 })) {
      entries.push(entry);
      if (isLast(entry)) break;
    }
    return entries;
  };
  const isEvent = (event: string) => (entry: Entry) =>
    entry.kind === "log_entry" && entry.data.event === event;
  const untilStopped = (session_id: string) => until(session_id, isEvent("run.stopped"));
  const said = (entries: readonly Entry[]) =>
    entries.flatMap((entry) => (entry.kind === "message" ? [entry.content] : []));
  const outcomes = (entries: readonly Entry[]) =>
    eventsIn(entries, "turn.closed").map(({ data }) => data.status);

  it("answers the turn that was open before it came, those that follow, and those of later sessions", async () => {
    const team = await makeTeam(owner, ["Ada"], three);
    await prompt(team.session_id);
    const bot = memberOf(team, "Ada").onTurn((turn) => turn.say(`Answer ${turn.round}`));
    await bot.start();
    expect(said(await untilStopped(team.session_id))).to.have.members([
      "Answer 1",
      "Answer 2",
      "Answer 3",
    ]);
    const { id } = await owner.call("session.create", { title: "Later", team_id: team.team_id });
    await prompt(id);
    const entries = await untilStopped(id);
    expect(said(entries)).to.have.length(3);
    expect(outcomes(entries)).to.deep.equal(["answered", "answered", "answered"]);
    expect(errors).to.deep.equal([]);
  });

  it("reads who said what before its turn, by name, oldest first, and nothing that came later", async () => {
    const team = await makeTeam(owner, ["Ada", "Bob"], three);
    await memberOf(team, "Ada")
      .onTurn((turn) => turn.say("I am Ada"))
      .start();
    const read = new Promise<{ all: unknown[]; last: unknown[] }>((resolve) => {
      void memberOf(team, "Bob")
        .onTurn(async (turn) => {
          await prompt(turn.session_id, "Too late");
          const names = (lines: Awaited<ReturnType<Turn["transcript"]>>) =>
            lines.map(({ name, content, is_mine }) => [name, content, is_mine]);
          resolve({
            all: names(await turn.transcript()),
            last: names(await turn.transcript({ limit: 1 })),
          });
        })
        .start();
    });
    await prompt(team.session_id, "Introduce yourselves");
    const { all, last } = await read;
    const { name } = await owner.call("me.get", {});
    expect(all).to.deep.equal([
      [name, "Introduce yourselves", false],
      ["Ada", "I am Ada", false],
    ]);
    expect(last).to.deep.equal([["Ada", "I am Ada", false]]);
    await untilStopped(team.session_id);
  });

  it("shows a message while it is being written, which others can put together", async () => {
    const team = await makeTeam(owner, ["Ada"], one);
    const text = "Zürich 😀 ".repeat(40);
    const heard = new Map<string, string>();
    const complete = deferred<void>();
    watcher.session(team.session_id).on("delta", ({ stream_id, offset, text: piece }) => {
      const before = heard.get(stream_id) ?? "";
      expect(offset).to.equal(before.length);
      heard.set(stream_id, before + piece);
      if (heard.get(stream_id) === text) complete.resolve();
    });
    await memberOf(team, "Ada")
      .onTurn(async (turn) => {
        const stream = turn.stream();
        for (const unit of text.split("")) stream.write(unit);
        await complete.promise;
        await stream.end();
      })
      .start();
    await prompt(team.session_id);
    const entries = await untilStopped(team.session_id);
    const message = entries.find((entry) => entry.kind === "message");
    expect(message).to.include({ content: text });
    expect([...heard]).to.deep.equal([[message!.id, text]]);
    watcher.session(team.session_id).close();
  });

  it("says what was written although nobody ended it, unless the handler failed", async () => {
    const team = await makeTeam(owner, ["Ada"], {
      ...three,
      termination_condition_config: { max_turns: 2 },
    });
    await memberOf(team, "Ada")
      .onTurn((turn) => {
        turn.stream().write(`Turn ${turn.round}`);
        if (turn.round === 2) throw new Error("in the middle");
      })
      .start();
    await prompt(team.session_id);
    const entries = await untilStopped(team.session_id);
    expect(said(entries)).to.deep.equal(["Turn 1"]);
    expect(outcomes(entries)).to.deep.equal(["answered", "passed"]);
  });

  it("says what comes piece by piece as one message", async () => {
    const team = await makeTeam(owner, ["Ada"], one);
    async function* tokens() {
      yield "One ";
      yield "message";
    }
    await memberOf(team, "Ada")
      .onTurn((turn) => turn.say(tokens()))
      .start();
    await prompt(team.session_id);
    expect(said(await untilStopped(team.session_id))).to.deep.equal(["One message"]);
  });

  it("posts a tool call and its result, and keeps the turn", async () => {
    const team = await makeTeam(owner, ["Ada"], one);
    await memberOf(team, "Ada")
      .onTurn(async (turn) => {
        const sum = await turn.callTool("add", { a: 1, b: 2 }, ({ a, b }) => a + b);
        const failure = await turn
          .callTool("fail", {}, () => Promise.reject(new Error("no\0line")))
          .catch((error: Error) => error.message);
        await turn.say(`${sum}, ${failure}`);
      })
      .start();
    await prompt(team.session_id);
    const entries = await untilStopped(team.session_id);
    const messages = entries.filter((entry) => entry.kind === "message");
    const calls = messages.map(({ tool_call }) => {
      const { id: _, ...call } = tool_call ?? {};
      return call;
    });
    expect(calls).to.deep.equal([
      { name: "add", arguments: { a: 1, b: 2 } },
      { name: "add", result: 3 },
      { name: "fail", arguments: {} },
      { name: "fail", result: null, error: "no\uFFFDline" },
      {},
    ]);
    expect(messages.at(-1)!.content).to.equal("3, no\uFFFDline");
    expect(outcomes(entries)).to.deep.equal(["answered"]);
  });

  it("does not use a tool again whose result was posted before the bot died", async () => {
    const team = await makeTeam(owner, ["Ada"], one);
    let uses = 0;
    const use = (turn: Turn) => turn.callTool("count", { from: 0 }, () => ++uses);
    const dead = memberOf(team, "Ada");
    const used = new Promise<void>((resolve) => {
      dead.onTurn(async (turn) => {
        await use(turn);
        resolve();
        await new Promise(() => {});
      });
    });
    await dead.start();
    await prompt(team.session_id);
    await used;
    dead.client.close();
    await memberOf(team, "Ada")
      .onTurn(async (turn) => turn.say(`${await use(turn)}`))
      .start();
    expect(said(await untilStopped(team.session_id))).to.deep.equal(["", "", "1"]);
    expect(uses).to.equal(1);
  });

  it("goes on where another process of it stopped that was faster until it died", async () => {
    const team = await makeTeam(owner, ["Ada"], one);
    const tools = [deferred<string>(), deferred<string>()];
    const begun = [deferred<void>(), deferred<void>()];
    const used = deferred<void>();
    const [fast, slow] = [memberOf(team, "Ada"), memberOf(team, "Ada")];
    const use = (turn: Turn, place: number) =>
      turn.callTool("ask", {}, () => {
        begun[place]!.resolve();
        return tools[place]!.promise;
      });
    fast.onTurn(async (turn) => {
      await use(turn, 0);
      used.resolve();
      await new Promise(() => {});
    });
    slow.onTurn(async (turn) => turn.say(`It is ${await use(turn, 1)}`));
    await prompt(team.session_id);
    await Promise.all([fast.start(), slow.start()]);
    await Promise.all(begun.map(({ promise }) => promise));
    tools[0]!.resolve("blue");
    await used.promise;
    fast.client.close();
    tools[1]!.resolve("red");
    const entries = await untilStopped(team.session_id);
    expect(said(entries)).to.deep.equal(["", "", "It is blue"]);
    expect(outcomes(entries)).to.deep.equal(["answered"]);
  });

  it("hands the turn to another member", async () => {
    const team = await makeTeam(owner, ["Ada", "Bob"], {
      type: "custom",
      config: { strategy: "swarm" },
      termination_condition_type: "max_turns",
      termination_condition_config: { max_turns: 2 },
    });
    await memberOf(team, "Ada")
      .onTurn((turn) => turn.handOff("Bob", "You know this"))
      .start();
    await memberOf(team, "Bob")
      .onTurn((turn) => turn.say("I do"))
      .start();
    await prompt(team.session_id);
    expect(said(await untilStopped(team.session_id))).to.deep.equal(["You know this", "I do"]);
  });

  it("leads a hierarchy, and says that the work is done", async () => {
    const team = await makeTeam(owner, ["Lead", "Bob"], {
      type: "hierarchical",
      termination_condition_type: "custom",
      termination_condition_config: { any: [{ type: "stop_message" }] },
    });
    await memberOf(team, "Bob")
      .onTurn((turn) => turn.say(`Done: ${turn.task}`))
      .start();
    await memberOf(team, "Lead")
      .onTurn((turn) =>
        turn.round === 1 ? turn.delegate([{ agent: "Bob", task: "Dig" }]) : turn.stop("Home"),
      )
      .start();
    await prompt(team.session_id);
    expect(said(await untilStopped(team.session_id))).to.deep.equal(["", "Done: Dig", "Home"]);
  });

  it("passes when its handler says nothing, and waits for what the handler did not wait for", async () => {
    const team = await makeTeam(owner, ["Ada", "Bob"], {
      ...three,
      termination_condition_config: { max_turns: 2 },
    });
    await memberOf(team, "Ada")
      .onTurn(() => {})
      .start();
    await memberOf(team, "Bob")
      .onTurn((turn) => {
        void turn.say("In time");
      })
      .start();
    await prompt(team.session_id);
    const entries = await untilStopped(team.session_id);
    expect(outcomes(entries)).to.deep.equal(["passed", "answered"]);
    expect(said(entries)).to.deep.equal(["In time"]);
    expect(errors).to.deep.equal([]);
  });

  it("tells the session and its author that it failed, and passes", async () => {
    const team = await makeTeam(owner, ["Ada"], one);
    await memberOf(team, "Ada")
      .onTurn(() => {
        throw new Error("the model is away");
      })
      .start();
    await prompt(team.session_id);
    const entries = await untilStopped(team.session_id);
    const log = entries.find((entry) => entry.kind === "log_entry" && entry.type === "error");
    expect(log).to.include({
      message: "The bot failed: the model is away",
      agent_id: team.agents.get("Ada")!.agent_id,
    });
    expect(outcomes(entries)).to.deep.equal(["passed"]);
    expect(errors.map(({ message }) => message)).to.deep.equal(["the model is away"]);
  });

  it("passes whatever its error says, NUL and half a character included", async () => {
    const team = await makeTeam(owner, ["Ada"], three);
    const texts = ["\0 from a tool", `${"x".repeat(983)}😀`, "refused"];
    const told = deferred<void>();
    await memberOf(team, "Ada")
      .onError(({ message }) => message === "The log is full" && told.resolve())
      .onTurn((turn) => {
        const text = texts[turn.round - 1]!;
        const log = () => Promise.reject(new Error("The log is full"));
        if (text === "refused") Object.assign(turn.session, { log });
        throw new Error(text);
      })
      .start();
    await prompt(team.session_id);
    const entries = await untilStopped(team.session_id);
    expect(outcomes(entries)).to.deep.equal(["passed", "passed", "passed"]);
    const logs = entries.filter((entry) => entry.kind === "log_entry" && entry.type === "error");
    expect(logs.map((log) => "message" in log && log.message)).to.deep.equal([
      "The bot failed: \uFFFD from a tool",
      `The bot failed: ${"x".repeat(983)}\uFFFD`,
    ]);
    await told.promise;
    expect(errors.map(({ message }) => message)).to.deep.equal([...texts, "The log is full"]);
  });

  it("goes on though its error listener throws, which is shown", async () => {
    const team = await makeTeam(owner, ["Ada"], {
      ...three,
      termination_condition_config: { max_turns: 2 },
    });
    const uncaught = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const shown = new Promise((resolve) => process.once("uncaughtException", resolve));
    await memberOf(team, "Ada")
      .onError(() => {
        throw new Error("a fault of the application");
      })
      .onTurn((turn) => {
        if (turn.round === 1) throw new Error("at first");
        return turn.say("Here");
      })
      .start();
    await prompt(team.session_id);
    expect(await shown).to.have.property("message", "a fault of the application");
    for (const listener of uncaught) process.on("uncaughtException", listener);
    expect(outcomes(await untilStopped(team.session_id))).to.deep.equal(["passed", "answered"]);
  });

  it("has passed though the answer to that was lost", async () => {
    const team = await makeTeam(owner, ["Ada"], one);
    const bot = memberOf(team, "Ada");
    Object.assign(bot.client.turn, { pass: loseAnswer(bot.client.turn.pass) });
    const passed = new Promise<unknown>((resolve) => {
      bot.onTurn(async (turn) => {
        const answer = await turn.pass().catch((error) => error);
        resolve({
          id: answer.id,
          status: answer.status,
          is_over: turn.signal.aborted,
          turn: turn.id,
        });
      });
    });
    await bot.start();
    await prompt(team.session_id);
    const answer = (await passed) as { turn: string };
    expect(answer).to.include({ id: answer.turn, status: "passed", is_over: false });
  });

  it("tells that what it used was refused, though it answered", async () => {
    const team = await makeTeam(owner, ["Ada"], one);
    const told = deferred<unknown>();
    await memberOf(team, "Ada")
      .onError((error, turn) => told.resolve({ error, turn }))
      .onTurn(async (turn) => {
        void turn.usage({ model: "m", input: 1.5, output: 2 });
        await turn.say("Here");
      })
      .start();
    await prompt(team.session_id);
    const { error, turn } = (await told.promise) as { error: Error; turn: Turn };
    expect(error).to.include({ code: "invalid_input" });
    expect(turn.session_id).to.equal(team.session_id);
    expect(outcomes(await untilStopped(team.session_id))).to.deep.equal(["answered"]);
  });

  it("answers though somebody has taken the id that its answer would have", async () => {
    const team = await makeTeam(owner, ["Ada"], one);
    const elsewhere = await owner.call("session.create", { title: "Elsewhere" });
    await memberOf(team, "Ada")
      .onTurn(async (turn) => {
        const ids = ["answer", 'call 1 add {"a":1}'].map((part) => uuidv5(part, turn.id));
        for (const id of ids) {
          await owner.call("comment.post", { session_id: elsewhere.id, content: "mine", id });
        }
        const sum = await turn.callTool("add", { a: 1 }, ({ a }) => a + 1);
        await turn.say(`It is ${sum}`);
      })
      .start();
    await prompt(team.session_id);
    const entries = await untilStopped(team.session_id);
    expect(said(entries).at(-1)).to.equal("It is 2");
    expect(outcomes(entries)).to.deep.equal(["answered"]);
    expect(errors).to.deep.equal([]);
  });

  it("may answer otherwise what was refused, but only once", async () => {
    const team = await makeTeam(owner, ["Ada"], one);
    const refusals: unknown[] = [];
    const done = deferred<void>();
    await memberOf(team, "Ada")
      .onTurn(async (turn) => {
        await turn.say("x".repeat(30_000)).catch((error) => refusals.push(error.code));
        await turn.say("Short");
        await turn.say("Again").catch((error) => refusals.push(error.message));
        done.resolve();
      })
      .start();
    await prompt(team.session_id);
    await done.promise;
    expect(said(await untilStopped(team.session_id))).to.deep.equal(["Short"]);
    expect(refusals).to.deep.equal(["too_large", "This turn has been answered or passed already"]);
  });

  it("charges tokens and costs to the turn, in time for a budget", async () => {
    const team = await makeTeam(owner, ["Ada"], {
      termination_condition_type: "custom",
      termination_condition_config: { any: [{ type: "token_usage", max_total: 100 }] },
    });
    await memberOf(team, "Ada")
      .onTurn(async (turn) => {
        void turn.usage({ model: "small", input: 90, output: 10 });
        void turn.cost({ amount: "0.0012", currency: "EUR" });
        await turn.say("Spent");
      })
      .start();
    await prompt(team.session_id);
    const entries = await untilStopped(team.session_id);
    const [opened] = eventsIn(entries, "turn.opened");
    const { turn_id, run_id } = opened!.data;
    const charges = entries.flatMap((entry) =>
      entry.kind === "log_entry" && /cost|token_usage/.test(entry.type) ? [entry.data] : [],
    );
    expect(charges).to.deep.equal([
      { model: "small", input: 90, output: 10, turn_id, run_id },
      { amount: "0.0012", currency: "EUR", turn_id, run_id },
    ]);
    expect(said(entries)).to.deep.equal(["Spent"]);
  });

  it("is told when its turn is over, and says nothing then", async () => {
    const team = await makeTeam(owner, ["Ada"], three);
    const reasons: unknown[] = [];
    const ended = deferred<void>();
    const begun = deferred<Turn>();
    await memberOf(team, "Ada")
      .onTurn(async (turn) => {
        const stream = turn.stream();
        stream.write("Never to be");
        begun.resolve(turn);
        await new Promise((resolve) => turn.signal.addEventListener("abort", resolve));
        reasons.push(turn.signal.reason);
        for (const act of [() => stream.write("!"), () => stream.end(), () => turn.say("Late")]) {
          await Promise.resolve()
            .then(act)
            .catch((error) => reasons.push(error));
        }
        ended.resolve();
        await turn.say("Late");
      })
      .start();
    await prompt(team.session_id);
    const { run_id } = await begun.promise;
    await owner.call("run.stop", { session_id: team.session_id, run_id: run_id!, now: true });
    await ended.promise;
    expect(reasons).to.have.length(4);
    for (const reason of reasons) expect(reason).to.be.instanceOf(TurnEnded);
    expect(said(await untilStopped(team.session_id))).to.deep.equal([]);
    expect(errors).to.deep.equal([]);
  });

  it("handles sessions at once, and the turns of each one after the other", async () => {
    const team = await makeTeam(owner, ["Ada"], three);
    const { id: other } = await owner.call("session.create", { title: "2", team_id: team.team_id });
    const both = [team.session_id, other];
    const inHand = new Map<string, number>();
    const met = deferred<void>();
    await memberOf(team, "Ada")
      .onTurn(async (turn) => {
        inHand.set(turn.session_id, (inHand.get(turn.session_id) ?? 0) + 1);
        expect(inHand.get(turn.session_id)).to.equal(1);
        if (inHand.size === 2) met.resolve();
        await met.promise;
        await turn.say("Here");
        // Whatever is done after the answer belongs to the turn as well.
        await turn.session.log({ type: "info", message: "Noted" });
        inHand.set(turn.session_id, 0);
      })
      .start();
    for (const session_id of both) await prompt(session_id);
    for (const session_id of both) {
      expect(said(await untilStopped(session_id))).to.have.length(3);
    }
    expect(errors).to.deep.equal([]);
  });

  it("answers a turn once although two processes of it run", async () => {
    const team = await makeTeam(owner, ["Ada"], {
      ...three,
      termination_condition_config: { max_turns: 20 },
    });
    for (const place of [1, 2]) {
      await memberOf(team, "Ada")
        .onTurn((turn) => turn.say(`${turn.id} from ${place}`))
        .start();
    }
    await prompt(team.session_id);
    const entries = await untilStopped(team.session_id);
    const opened = eventsIn(entries, "turn.opened").map(({ data }) => data.turn_id);
    expect(opened).to.have.length(20);
    expect(said(entries).map((content) => content.split(" ")[0])).to.deep.equal(opened);
    expect(new Set(outcomes(entries))).to.deep.equal(new Set(["answered"]));
    expect(errors).to.deep.equal([]);
  });

  it("is told what it missed of the session of its turn, from where it was told before", async () => {
    const team = await makeTeam(owner, ["Ada"], one);
    const store = memoryStore();
    store.set(team.session_id, { version: 0, seq: 1, state: emptyState(team.session_id) });
    const bot = new Bot({ url: node.url, token: team.agents.get("Ada")!.token, store });
    bots.push(bot);
    const told = new Promise<number[]>((resolve) => {
      bot.onTurn(async ({ session }) => {
        const { seq: last } = await session.log({ type: "info", message: "Here" });
        for await (const { seq } of session.entries()) if (seq === last) break;
        const seqs: number[] = [];
        session.on("entry", ({ seq }) => seqs.push(seq));
        await session.load();
        resolve(seqs);
      });
    });
    await bot.start();
    await prompt(team.session_id);
    expect((await told)[0]).to.equal(2);
  });

  it("answers for a person who lets it", async () => {
    const { user_id, token } = await newPerson(owner);
    const { session_id, team_id } = await makeTeam(owner, [], one);
    await owner.call("agent.list", {});
    const person = await connect(node.url, token);
    const { id: agent_id } = await person.call("agent.create", {
      name: "Someone",
      type: "user_proxy",
      visibility: "instance",
    });
    await owner.call("team.add_agent", { team_id, agent_id });
    await owner.call("session.add_member", { session_id, user_id, role: "participant" });
    await botOf(token)
      .onTurn((turn) => turn.say("I am away"))
      .start();
    await prompt(session_id);
    expect(said(await untilStopped(session_id))).to.deep.equal(["I am away"]);
    person.close();
  });

  it("finishes what it is at before it closes", async () => {
    const team = await makeTeam(owner, ["Ada"], one);
    const bot = memberOf(team, "Ada");
    const closed = new Promise<void>((resolve) => {
      bot.onTurn(async (turn) => {
        resolve(bot.close());
        await turn.say("Goodbye");
      });
    });
    await bot.start();
    await prompt(team.session_id);
    await closed;
    expect(said(await untilStopped(team.session_id))).to.deep.equal(["Goodbye"]);
  });

  it("answers what it was asked before the server was killed, and what it is asked after", async () => {
    const settings = { DATABASE_URL: database.url, PORT: `${await freePort()}` };
    let other = await startNode(settings);
    const team = await makeTeam(owner, ["Ada"], one);
    const begun = deferred<void>();
    const killed = deferred<void>();
    const bot = new Bot({ url: other.url, token: team.agents.get("Ada")!.token });
    bots.push(bot);
    await bot
      .onTurn(async (turn) => {
        begun.resolve();
        await killed.promise;
        await turn.say("At last");
      })
      .start();
    await prompt(team.session_id);
    await begun.promise;
    const offline = new Promise((resolve) => bot.client.on("offline", resolve));
    await other.kill();
    await offline;
    killed.resolve();
    other = await startNode(settings);
    const { length } = await untilStopped(team.session_id);
    await prompt(team.session_id);
    const isAnswer = ({ kind, seq }: Entry) => kind === "message" && seq > length;
    expect(said(await until(team.session_id, isAnswer))).to.deep.equal(["At last", "At last"]);
    await other.stop();
  }).timeout(60_000);

  it("says that its token is refused", async () => {
    const error = await botOf(`tm_${"x".repeat(43)}`)
      .start()
      .catch((refusal) => refusal);
    expect(error).to.include({ code: "unauthenticated" });
  });

  describe("that votes", () => {
    const makeVoters = async () => {
      const team = await makeTeam(owner, ["Ada", "Bob"]);
      await owner.call("mechanism.create", {
        team_id: team.team_id,
        type: "democratic",
        config: { rule: "plurality" },
      });
      return team;
    };
    const ask = ({ session_id }: TestTeam) =>
      owner.call("decision.open", { session_id, question: "Tea?", options: ["Yes", "No"] });
    const choices = (entries: readonly Entry[]) =>
      eventsIn(entries, "ballot.cast").map(({ data }) => data.choice);
    const untilDecided = ({ session_id }: TestTeam) =>
      until(session_id, isEvent("decision.closed"));

    it("knows the question, and votes once, though its ballot may be refused before", async () => {
      const team = await makeVoters();
      for (const name of team.agents.keys()) {
        await memberOf(team, name)
          .onBallot(async (ballot) => {
            expect(ballot.question).to.equal("Tea?");
            expect(ballot.mechanism).to.deep.include({ type: "democratic" });
            const refused = await ballot.cast("Perhaps").catch((error) => error);
            expect(refused).to.include({ code: "invalid_input" });
            await ballot.cast(ballot.options[0]!);
          })
          .start();
      }
      await ask(team);
      const entries = await untilDecided(team);
      expect(choices(entries)).to.deep.equal(["Yes", "Yes"]);
      expect(errors).to.deep.equal([]);
    });

    it("abstains when its handler says nothing or fails", async () => {
      const team = await makeVoters();
      await memberOf(team, "Ada")
        .onBallot(() => {})
        .start();
      await memberOf(team, "Bob")
        .onBallot(() => {
          throw new Error("undecided");
        })
        .start();
      await ask(team);
      expect(choices(await untilDecided(team))).to.deep.equal(["abstain", "abstain"]);
      expect(errors.map(({ message }) => message)).to.deep.equal(["undecided"]);
    });

    it("votes though it could not read at first what about, and has voted though the answer was lost", async () => {
      const team = await makeVoters();
      const bot = memberOf(team, "Ada");
      const { ballot, decision } = bot.client;
      Object.assign(decision, { get: loseAnswer(decision.get) });
      Object.assign(ballot, { cast: loseAnswer(ballot.cast) });
      const cast = new Promise((resolve) => {
        bot.onBallot(async (ballot) => resolve(await ballot.cast("Yes").catch((error) => error)));
      });
      await bot.start();
      await ask(team);
      const entries = await until(team.session_id, isEvent("ballot.cast"));
      const { ballot_id, decision_id, agent_id, cast_at } = eventsIn(entries, "ballot.cast")[0]!
        .data;
      expect(await cast).to.deep.equal({
        id: ballot_id,
        choice: "Yes",
        decision_id,
        agent_id,
        cast_at,
      });
      expect(errors.map(({ message }) => message)).to.deep.equal(["The connection was lost"]);
    });

    it("says that nobody told it how to", async () => {
      const team = await makeVoters();
      const told = new Promise<string>((resolve) => {
        memberOf(team, "Ada")
          .onError(({ message }) => resolve(message))
          .start();
      });
      await ask(team);
      expect(await told).to.equal("A vote is left open, since the bot has no onBallot handler");
    });
  });
});
