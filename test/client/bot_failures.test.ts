import { expect } from "chai";
import { v5 as uuidv5 } from "uuid";
import { Bot, type Turn } from "../../client/index.ts";
import type { Entry } from "../../contract/entry.ts";
import {
  deferred,
  loseAnswer,
  MOST_ENTRY_BYTES,
  outcomes,
  said,
  turnsOf,
  useBots,
} from "../support/bots.ts";
import { startNode } from "../support/node.ts";
import { freePort } from "../support/port.ts";
import { makeTeam } from "../support/team.ts";

describe("a bot, when something fails", () => {
  const bots = useBots();

  it("tells the session and its author that it failed, and passes", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(1));
    await bots
      .memberOf(team, "Ada")
      .onTurn(() => {
        throw new Error("the model is away");
      })
      .start();
    await bots.prompt(team.session_id);
    const entries = await bots.untilStopped(team.session_id);
    const log = entries.find((entry) => entry.kind === "log_entry" && entry.type === "error");
    expect(log).to.include({
      message: "The bot failed: the model is away",
      agent_id: team.agents.get("Ada")!.agent_id,
    });
    expect(outcomes(entries)).to.deep.equal(["passed"]);
    expect(bots.errors.map(({ message }) => message)).to.deep.equal(["the model is away"]);
  });

  it("tells its author that no server answers, once, and goes on trying", async () => {
    const port = await freePort();
    const bot = new Bot({ url: `http://127.0.0.1:${port}`, token: "tm_" });
    const errors: string[] = [];
    const tried = new Promise<void>((resolve) => {
      let times = 0;
      bot.client.on("offline", () => {
        times += 1;
        if (times === 3) resolve();
      });
    });
    bot.onError(({ message }) => errors.push(message));
    const started = bot.start().catch(({ code }) => code);
    await tried;
    expect(errors).to.have.length(1);
    expect(errors[0]).to.match(/^No Taskmaster server answers at http:\/\/127\.0\.0\.1:\d+ \(/);
    await bot.close();
    expect(await started).to.equal("unavailable");
  });

  it("passes whatever its error says, NUL and half a character included", async () => {
    const team = await makeTeam(bots.owner, ["Ada", "Bob"], turnsOf(3));
    const texts = ["\0 from a tool", `${"x".repeat(983)}😀`, "refused"];
    const told = deferred<void>();
    let turns = 0;
    for (const name of ["Ada", "Bob"]) {
      await bots
        .memberOf(team, name)
        .onError(({ message }) => message === "The log is full" && told.resolve())
        .onTurn((turn) => {
          const text = texts[turns++]!;
          const log = () => Promise.reject(new Error("The log is full"));
          if (text === "refused") Object.assign(turn.session, { log });
          throw new Error(text);
        })
        .start();
    }
    await bots.prompt(team.session_id);
    const entries = await bots.untilStopped(team.session_id);
    expect(outcomes(entries)).to.deep.equal(["passed", "passed", "passed"]);
    const logs = entries.filter((entry) => entry.kind === "log_entry" && entry.type === "error");
    expect(logs.map((log) => "message" in log && log.message)).to.deep.equal([
      "The bot failed: \uFFFD from a tool",
      `The bot failed: ${"x".repeat(983)}\uFFFD`,
    ]);
    await told.promise;
    expect(bots.errors.map(({ message }) => message)).to.deep.equal([...texts, "The log is full"]);
  });

  it("goes on though its error listener throws, which is shown", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(2));
    const uncaught = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const shown = new Promise((resolve) => process.once("uncaughtException", resolve));
    await bots
      .memberOf(team, "Ada")
      .onError(() => {
        throw new Error("a fault of the application");
      })
      .onTurn((turn) => {
        if (turn.round === 1) throw new Error("at first");
        return turn.say("Here");
      })
      .start();
    await bots.prompt(team.session_id);
    expect(await shown).to.have.property("message", "a fault of the application");
    for (const listener of uncaught) process.on("uncaughtException", listener);
    expect(outcomes(await bots.untilStopped(team.session_id))).to.deep.equal([
      "passed",
      "answered",
    ]);
  });

  it("has passed though the answer to that was lost", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(1));
    const bot = bots.memberOf(team, "Ada");
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
    await bots.prompt(team.session_id);
    const answer = (await passed) as { turn: string };
    expect(answer).to.include({ id: answer.turn, status: "passed", is_over: false });
  });

  it("tells that what it used was refused, though it answered", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(1));
    const told = deferred<unknown>();
    await bots
      .memberOf(team, "Ada")
      .onError((error, turn) => told.resolve({ error, turn }))
      .onTurn(async (turn) => {
        void turn.usage({ model: "m", input: 1.5, output: 2 });
        await turn.say("Here");
      })
      .start();
    await bots.prompt(team.session_id);
    const { error, turn } = (await told.promise) as { error: Error; turn: Turn };
    expect(error).to.include({ code: "invalid_input" });
    expect(turn.session_id).to.equal(team.session_id);
    expect(outcomes(await bots.untilStopped(team.session_id))).to.deep.equal(["answered"]);
  });

  it("answers though somebody has taken the id that its answer would have", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(1));
    const elsewhere = await bots.owner.call("session.create", { title: "Elsewhere" });
    await bots
      .memberOf(team, "Ada")
      .onTurn(async (turn) => {
        const ids = ["answer", 'call 1 add {"a":1}'].map((part) => uuidv5(part, turn.id));
        for (const id of ids) {
          await bots.owner.call("comment.post", { session_id: elsewhere.id, content: "mine", id });
        }
        const sum = await turn.callTool("add", { a: 1 }, ({ a }) => a + 1);
        await turn.say(`It is ${sum}`);
      })
      .start();
    await bots.prompt(team.session_id);
    const entries = await bots.untilStopped(team.session_id);
    expect(said(entries).at(-1)).to.equal("It is 2");
    expect(outcomes(entries)).to.deep.equal(["answered"]);
    expect(bots.errors).to.deep.equal([]);
  });

  it("may answer otherwise what was refused, but only once", async () => {
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(1));
    const refusals: unknown[] = [];
    const done = deferred<void>();
    await bots
      .memberOf(team, "Ada")
      .onTurn(async (turn) => {
        await turn
          .say("x".repeat(MOST_ENTRY_BYTES + 1))
          .catch((error) => refusals.push(error.code));
        await turn.say("Short");
        await turn.say("Again").catch((error) => refusals.push(error.message));
        done.resolve();
      })
      .start();
    await bots.prompt(team.session_id);
    await done.promise;
    expect(said(await bots.untilStopped(team.session_id))).to.deep.equal(["Short"]);
    expect(refusals).to.deep.equal(["too_large", "This turn has been answered or passed already"]);
  });

  it("answers what it was asked before the server was killed, and what it is asked after", async () => {
    const settings = { DATABASE_URL: bots.database.url, PORT: `${await freePort()}` };
    let other = await startNode(settings);
    const team = await makeTeam(bots.owner, ["Ada"], turnsOf(1));
    const begun = deferred<void>();
    const killed = deferred<void>();
    const bot = new Bot({ url: other.url, token: team.agents.get("Ada")!.token });
    bots.add(bot);
    await bot
      .onTurn(async (turn) => {
        begun.resolve();
        await killed.promise;
        await turn.say("At last");
      })
      .start();
    await bots.prompt(team.session_id);
    await begun.promise;
    const offline = new Promise((resolve) => bot.client.on("offline", resolve));
    await other.kill();
    await offline;
    killed.resolve();
    other = await startNode(settings);
    const { length } = await bots.untilStopped(team.session_id);
    await bots.prompt(team.session_id);
    const isAnswer = ({ kind, seq }: Entry) => kind === "message" && seq > length;
    expect(said(await bots.until(team.session_id, isAnswer))).to.deep.equal(["At last", "At last"]);
    await other.stop();
  }).timeout(60_000);

  it("says that its token is refused", async () => {
    const error = await bots
      .of(`tm_${"x".repeat(43)}`)
      .start()
      .catch((refusal) => refusal);
    expect(error).to.include({ code: "unauthenticated" });
  });
});
