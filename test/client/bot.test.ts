import { expect } from "chai";
import { Bot, emptyState, memoryStore, type Turn, TurnEnded } from "../../client/index.ts";
import { deferred, outcomes, said, turnsOf, useBots } from "../support/bots.ts";
import { connect } from "../support/client.ts";
import { newPerson } from "../support/people.ts";
import { eventsIn, makeTeam } from "../support/team.ts";

describe("a bot", () => {
  const bots = useBots();

  it("answers the turn that was open before it came, those that follow, and those of later sessions", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(3));
    await bots.prompt(team.session_id);
    const bot = bots.memberOf(team, "Ada").onTurn((turn) => turn.say(`Answer ${turn.round}`));
    await bot.start();
    expect(said(await bots.untilStopped(team.session_id))).to.have.members([
      "Answer 1",
      "Answer 2",
      "Answer 3",
    ]);
    const { id } = await bots.owner.call("session.create", {
      title: "Later",
      team_id: team.team_id,
    });
    await bots.prompt(id);
    const entries = await bots.untilStopped(id);
    expect(said(entries)).to.have.length(3);
    expect(outcomes(entries)).to.deep.equal(["answered", "answered", "answered"]);
    expect(bots.errors).to.deep.equal([]);
  });

  it("reads who said what before its turn, by name, oldest first, and nothing that came later", async () => {
    const team = await makeTeam(bots.owner, ["Ada", "Bob"], turnsOf(3));
    await bots
      .memberOf(team, "Ada")
      .onTurn((turn) => turn.say("I am Ada"))
      .start();
    const read = new Promise<{ all: unknown[]; last: unknown[] }>((resolve) => {
      void bots
        .memberOf(team, "Bob")
        .onTurn(async (turn) => {
          await bots.prompt(turn.session_id, "Too late");
          const names = (lines: Awaited<ReturnType<Turn["transcript"]>>) =>
            lines.map(({ name, content, is_mine }) => [name, content, is_mine]);
          resolve({
            all: names(await turn.transcript()),
            last: names(await turn.transcript({ limit: 1 })),
          });
        })
        .start();
    });
    await bots.prompt(team.session_id, "Introduce yourselves");
    const { all, last } = await read;
    const { name } = await bots.owner.call("me.get", {});
    expect(all).to.deep.equal([
      [name, "Introduce yourselves", false],
      ["Ada", "I am Ada", false],
    ]);
    expect(last).to.deep.equal([["Ada", "I am Ada", false]]);
    await bots.untilStopped(team.session_id);
  });

  it("shows a message while it is being written, which others can put together", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(1));
    const text = "Zürich 😀 ".repeat(40);
    const heard = new Map<string, string>();
    const complete = deferred<void>();
    bots.watcher.session(team.session_id).on("delta", ({ stream_id, offset, text: piece }) => {
      const before = heard.get(stream_id) ?? "";
      expect(offset).to.equal(before.length);
      heard.set(stream_id, before + piece);
      if (heard.get(stream_id) === text) complete.resolve();
    });
    await bots
      .memberOf(team, "Ada")
      .onTurn(async (turn) => {
        const stream = turn.stream();
        for (const unit of text.split("")) stream.write(unit);
        await complete.promise;
        await stream.end();
      })
      .start();
    await bots.prompt(team.session_id);
    const entries = await bots.untilStopped(team.session_id);
    const message = entries.find((entry) => entry.kind === "message");
    expect(message).to.include({ content: text });
    expect([...heard]).to.deep.equal([[message!.id, text]]);
    bots.watcher.session(team.session_id).close();
  });

  it("says what was written although nobody ended it, unless the handler failed", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(2));
    await bots
      .memberOf(team, "Ada")
      .onTurn((turn) => {
        turn.stream().write(`Turn ${turn.round}`);
        if (turn.round === 2) throw new Error("in the middle");
      })
      .start();
    await bots.prompt(team.session_id);
    const entries = await bots.untilStopped(team.session_id);
    expect(said(entries)).to.deep.equal(["Turn 1"]);
    expect(outcomes(entries)).to.deep.equal(["answered", "passed"]);
  });

  it("says what comes piece by piece as one message", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(1));
    async function* tokens() {
      yield "One ";
      yield "message";
    }
    await bots
      .memberOf(team, "Ada")
      .onTurn((turn) => turn.say(tokens()))
      .start();
    await bots.prompt(team.session_id);
    expect(said(await bots.untilStopped(team.session_id))).to.deep.equal(["One message"]);
  });

  it("posts a tool call and its result, and keeps the turn", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(1));
    await bots
      .memberOf(team, "Ada")
      .onTurn(async (turn) => {
        const sum = await turn.callTool("add", { a: 1, b: 2 }, ({ a, b }) => a + b);
        const failure = await turn
          .callTool("fail", {}, () => Promise.reject(new Error("no\0line")))
          .catch((error: Error) => error.message);
        await turn.say(`${sum}, ${failure}`);
      })
      .start();
    await bots.prompt(team.session_id);
    const entries = await bots.untilStopped(team.session_id);
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
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(1));
    let uses = 0;
    const use = (turn: Turn) => turn.callTool("count", { from: 0 }, () => ++uses);
    const dead = bots.memberOf(team, "Ada");
    const used = new Promise<void>((resolve) => {
      dead.onTurn(async (turn) => {
        await use(turn);
        resolve();
        await new Promise(() => {});
      });
    });
    await dead.start();
    await bots.prompt(team.session_id);
    await used;
    dead.client.close();
    await bots
      .memberOf(team, "Ada")
      .onTurn(async (turn) => turn.say(`${await use(turn)}`))
      .start();
    expect(said(await bots.untilStopped(team.session_id))).to.deep.equal(["", "", "1"]);
    expect(uses).to.equal(1);
  });

  it("goes on where another process of it stopped that was faster until it died", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(1));
    const tools = [deferred<string>(), deferred<string>()];
    const begun = [deferred<void>(), deferred<void>()];
    const used = deferred<void>();
    const [fast, slow] = [bots.memberOf(team, "Ada"), bots.memberOf(team, "Ada")];
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
    await bots.prompt(team.session_id);
    await Promise.all([fast.start(), slow.start()]);
    await Promise.all(begun.map(({ promise }) => promise));
    tools[0]!.resolve("blue");
    await used.promise;
    fast.client.close();
    tools[1]!.resolve("red");
    const entries = await bots.untilStopped(team.session_id);
    expect(said(entries)).to.deep.equal(["", "", "It is blue"]);
    expect(outcomes(entries)).to.deep.equal(["answered"]);
  });

  it("hands the turn to another member", async () => {
    const team = await makeTeam(bots.owner, ["Ada", "Bob"], {
      type: "custom",
      config: { strategy: "swarm" },
      termination_condition_type: "max_turns",
      termination_condition_config: { max_turns: 2 },
    });
    await bots
      .memberOf(team, "Ada")
      .onTurn((turn) => turn.handOff("Bob", "You know this"))
      .start();
    await bots
      .memberOf(team, "Bob")
      .onTurn((turn) => turn.say("I do"))
      .start();
    await bots.prompt(team.session_id);
    expect(said(await bots.untilStopped(team.session_id))).to.deep.equal(["You know this", "I do"]);
  });

  it("leads a hierarchy, and says that the work is done", async () => {
    const team = await makeTeam(bots.owner, ["Lead", "Bob"], {
      type: "hierarchical",
      termination_condition_type: "custom",
      termination_condition_config: { any: [{ type: "stop_message" }] },
    });
    await bots
      .memberOf(team, "Bob")
      .onTurn((turn) => turn.say(`Done: ${turn.task}`))
      .start();
    await bots
      .memberOf(team, "Lead")
      .onTurn((turn) =>
        turn.round === 1 ? turn.delegate([{ agent: "Bob", task: "Dig" }]) : turn.stop("Home"),
      )
      .start();
    await bots.prompt(team.session_id);
    expect(said(await bots.untilStopped(team.session_id))).to.deep.equal(["", "Done: Dig", "Home"]);
  });

  it("passes when its handler says nothing, and waits for what the handler did not wait for", async () => {
    const team = await makeTeam(bots.owner, ["Ada", "Bob"], turnsOf(2));
    await bots
      .memberOf(team, "Ada")
      .onTurn(() => {})
      .start();
    await bots
      .memberOf(team, "Bob")
      .onTurn((turn) => {
        void turn.say("In time");
      })
      .start();
    await bots.prompt(team.session_id);
    const entries = await bots.untilStopped(team.session_id);
    expect(outcomes(entries)).to.deep.equal(["passed", "answered"]);
    expect(said(entries)).to.deep.equal(["In time"]);
    expect(bots.errors).to.deep.equal([]);
  });

  it("charges tokens and costs to the turn, in time for a budget", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], {
      termination_condition_type: "custom",
      termination_condition_config: { any: [{ type: "token_usage", max_total: 100 }] },
    });
    await bots
      .memberOf(team, "Ada")
      .onTurn(async (turn) => {
        void turn.usage({ model: "small", input: 90, output: 10 });
        void turn.cost({ amount: "0.0012", currency: "EUR" });
        await turn.say("Spent");
      })
      .start();
    await bots.prompt(team.session_id);
    const entries = await bots.untilStopped(team.session_id);
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
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(3));
    const reasons: unknown[] = [];
    const ended = deferred<void>();
    const begun = deferred<Turn>();
    await bots
      .memberOf(team, "Ada")
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
    await bots.prompt(team.session_id);
    const { run_id } = await begun.promise;
    await bots.owner.call("run.stop", { session_id: team.session_id, run_id: run_id!, now: true });
    await ended.promise;
    expect(reasons).to.have.length(4);
    for (const reason of reasons) expect(reason).to.be.instanceOf(TurnEnded);
    expect(said(await bots.untilStopped(team.session_id))).to.deep.equal([]);
    expect(bots.errors).to.deep.equal([]);
  });

  it("handles sessions at once, and the turns of each one after the other", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(3));
    const { id: other } = await bots.owner.call("session.create", {
      title: "2",
      team_id: team.team_id,
    });
    const both = [team.session_id, other];
    const inHand = new Map<string, number>();
    const met = deferred<void>();
    await bots
      .memberOf(team, "Ada")
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
    for (const session_id of both) await bots.prompt(session_id);
    for (const session_id of both) {
      expect(said(await bots.untilStopped(session_id))).to.have.length(3);
    }
    expect(bots.errors).to.deep.equal([]);
  });

  it("answers a turn once although two processes of it run", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(20));
    for (const place of [1, 2]) {
      await bots
        .memberOf(team, "Ada")
        .onTurn((turn) => turn.say(`${turn.id} from ${place}`))
        .start();
    }
    await bots.prompt(team.session_id);
    const entries = await bots.untilStopped(team.session_id);
    const opened = eventsIn(entries, "turn.opened").map(({ data }) => data.turn_id);
    expect(opened).to.have.length(20);
    expect(said(entries).map((content) => content.split(" ")[0])).to.deep.equal(opened);
    expect(new Set(outcomes(entries))).to.deep.equal(new Set(["answered"]));
    expect(bots.errors).to.deep.equal([]);
  });

  it("is told what it missed of the session of its turn, from where it was told before", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(1));
    const store = memoryStore();
    store.set(team.session_id, { version: 0, seq: 1, state: emptyState(team.session_id) });
    const bot = new Bot({ url: bots.node.url, token: team.agents.get("Ada")!.token, store });
    bots.add(bot);
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
    await bots.prompt(team.session_id);
    expect((await told)[0]).to.equal(2);
  });

  it("answers for a person who lets it", async () => {
    const { user_id, token } = await newPerson(bots.owner);
    const { session_id, team_id } = await makeTeam(bots.owner, [], turnsOf(1));
    await bots.owner.call("agent.list", {});
    const person = await connect(bots.node.url, token);
    const { id: agent_id } = await person.call("agent.create", {
      name: "Someone",
      type: "user_proxy",
      visibility: "instance",
    });
    await bots.owner.call("team.add_agent", { team_id, agent_id });
    await bots.owner.call("session.add_member", { session_id, user_id, role: "participant" });
    await bots
      .of(token)
      .onTurn((turn) => turn.say("I am away"))
      .start();
    await bots.prompt(session_id);
    expect(said(await bots.untilStopped(session_id))).to.deep.equal(["I am away"]);
    person.close();
  });

  it("finishes what it is at before it closes", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(1));
    const bot = bots.memberOf(team, "Ada");
    const closed = new Promise<void>((resolve) => {
      bot.onTurn(async (turn) => {
        resolve(bot.close());
        await turn.say("Goodbye");
      });
    });
    await bot.start();
    await bots.prompt(team.session_id);
    await closed;
    expect(said(await bots.untilStopped(team.session_id))).to.deep.equal(["Goodbye"]);
  });
});
