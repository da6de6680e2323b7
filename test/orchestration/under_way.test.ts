import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { JsonObject } from "../../contract/json.ts";
import { happeningOf, type Unnumbered } from "../../server/orchestration/happening.ts";
import type { Mechanism } from "../../server/orchestration/types.ts";
import { Game, planOf } from "./teams/play.ts";

const archive = { kind: "archive" } as const;
const mechanism: Mechanism = { id: "m", type: "democratic", config: { rule: "plurality" } };
const question = { question: "Which?", options: ["tea", "milk"] };
const opened = { kind: "open_decision", ...question, mechanism, deadline_ms: null } as const;
const ask = (call: object) => ({
  content: "a vote",
  tool_call: { name: "decision.open", arguments: question, ...call },
});

const person = "user_proxy" as const;
const speakers = ({ room }: Game) =>
  room.turns.filter(({ purpose }) => purpose === "speak").map(({ agent_id }) => agent_id);

describe("what is under way in a room", () => {
  it("ends when its session is archived: the run with the prompts that wait, and every decision", () => {
    const plan = planOf("round_robin", ["A"], { config: { on_prompt: "queue" }, mechanism });
    const game = new Game(plan).happen(opened).prompt("one").prompt("two").happen(opened);
    game.happen(archive);
    expect(game.stop).to.equal("stopped: The session was archived");
    expect(game.room.turns).to.deep.equal([]);
    expect(game.room.decisions).to.deep.equal([]);
  });

  it("ends without a run as well", () => {
    const game = new Game(planOf("round_robin", ["A"], { mechanism })).happen(opened);
    expect(game.happen(archive).room)
      .to.include({ run: null })
      .and.deep.include({ turns: [], decisions: [] });
  });

  it("is a hundred prompts at the most that wait for their runs", () => {
    const game = new Game(planOf("round_robin", ["A"], { config: { on_prompt: "queue" } })).prompt(
      "go",
    );
    for (let count = 1; count <= 100; count += 1) game.prompt(`task ${count}`);
    expect(() => game.prompt("one more")).to.throw("100 prompts wait for their runs already");
    expect(game.room.run!.state.queue).to.have.length(100);
  });

  it("is one decision for a question, however often somebody tells of its result", () => {
    const game = new Game(planOf("round_robin", ["A", "B"], { mechanism })).prompt("go");
    game
      .say("A", ask({}))
      .say("A", ask({ result: "opened" }))
      .say("A", ask({ result: null, arguments: null }));
    expect(game.room.decisions).to.have.length(1);
  });

  it("is a question also where it ends the turn that asks it", () => {
    const game = new Game(planOf("round_robin", ["A", "B"], { mechanism })).prompt("go");
    game.say("A", ask({ final: true }));
    expect(game.room.decisions).to.have.length(1);
    expect(speakers(game)).to.deep.equal(["id-B"]);
  });

  it("is a hundred decisions at the most, which are read with each entry", () => {
    const game = new Game(planOf("round_robin", ["A"], { mechanism }));
    for (let count = 1; count <= 100; count += 1) game.happen(opened);
    expect(() => game.happen(opened)).to.throw("100 decisions are open in this session already");

    // Whoever answers last in a round asks for nothing.
    const rounds = new Game(planOf("broadcast", ["A", "B"], { mechanism }));
    for (let count = 1; count <= 100; count += 1) rounds.happen(opened);
    rounds.prompt("go").say("A").say("B");
    expect(rounds.room.decisions).to.have.length(101);
  });

  it("is decided by whom the team means, however others call themselves", () => {
    const { members, ...plan } = planOf("broadcast", ["guest", "Judge"], {});
    const calling = (name: string) => ({
      ...plan,
      members: members.map((one) => (one.name === "guest" ? { ...one, name } : one)),
    });
    const decide = (name: string, authority: string) => {
      const judge: Mechanism = {
        id: "m",
        type: "autocratic",
        config: { rule: "authority", authority },
      };
      const game = new Game(calling(name)).happen({ ...opened, mechanism: judge });
      const [decision] = game.room.decisions;
      return (decision!.mechanism as unknown as Mechanism).config.authority;
    };
    expect(decide("guest", "Judge")).to.equal("id-Judge");
    expect(decide("id-Judge", "id-Judge")).to.equal("id-Judge");
    expect(() => decide("Judge", "Judge")).to.throw("Judge has no vote");
  });

  it("reaches the conditions also where a node of the version before noted it", () => {
    const plan = planOf("round_robin", ["A"], {
      termination: { type: "text_mention", text: "DONE" },
    });
    const game = new Game(plan).prompt("go");
    const said = { source: "A", agent_id: "id-A", content: "DONE", tool_call: null };
    const run = game.room.run!;
    const state = { ...run.state, heard: [{ kind: "said", said } as const] };
    game.room = { ...game.room, run: { ...run, state } };
    expect(game.say("A", "bye").stop).to.equal("text_mention: Text 'DONE' mentioned");
  });

  it("is kept by a run no further than its conditions will need it", () => {
    const mention = { type: "text_mention", text: "DONE" } as const;
    const termination = { all: [mention, { type: "max_messages", max_messages: 2 } as const] };
    const plan = planOf("round_robin", ["A"], { termination });
    const game = new Game(plan).prompt("go");
    const look = { content: "", tool_call: { name: "look", result: "DONE after much" } };
    for (let count = 1; count <= 60; count += 1) game.say("A", look);
    expect(JSON.stringify(game.room.run!.state)).to.not.include("after much");
    expect(game.say("A", "now").stop).to.equal(
      "text_mention: Text 'DONE' mentioned, Maximum number of messages 2 reached, current message count: 2",
    );
  });

  it("is handed over by name for conditions, also where a message names the agent's id", () => {
    const termination = { type: "handoff", target: "B" } as const;
    const plan = planOf("custom", ["A", "B"], { config: { strategy: "swarm" }, termination });
    const tool_call = { name: "handoff", arguments: { agent: "id-B" } };
    const { stop } = new Game(plan).prompt("go").say("A", { content: "", tool_call });
    expect(stop).to.equal("handoff: Handoff to B from A detected.");
  });

  it("gives each voter of a round the time that they have for an answer, people all they want", () => {
    const config = { turn_timeout_ms: 1_000, rounds: 2 };
    const { members, ...plan } = planOf("broadcast", ["A", "P"], { config, mechanism });
    const people = members.map((one) => (one.name === "P" ? { ...one, type: person } : one));
    const game = new Game({ ...plan, members: people }).prompt("go").say("A").say("P");
    expect(game.room.decisions).to.have.length(1);
    const deadlines = game.room.turns.map((turn) => [turn.agent_id, turn.deadline_at]);
    expect(deadlines).to.deep.equal([
      ["id-A", "2026-01-01T00:00:01.000Z"],
      ["id-P", null],
    ]);
  });

  for (const absence of ["left", "was made an observer"]) {
    it(`waits for no vote and no answer of who ${absence}`, () => {
      const config = { on_timeout: { retry: 5 } };
      const game = new Game(planOf("round_robin", ["A", "B"], { config, mechanism })).prompt("go");
      game.room = {
        ...game.room,
        plan: planOf("round_robin", absence === "left" ? ["B"] : ["observer:A", "B"]),
      };
      game.happen(opened).happen({ kind: "tick" });
      const [decision] = game.room.decisions;
      expect(game.open).to.deep.equal(["A", "B"]);
      game.happen({ kind: "ballot", decision_id: decision!.id, agent_id: "id-B", choice: "tea" });
      expect(game.room.decisions).to.deep.equal([]);
      // Its own turn was opened while it was there, and is overdue once it is taken out.
      const [turn] = game.room.turns;
      game.room = { ...game.room, turns: [{ ...turn!, deadline_at: turn!.opened_at }] };
      expect(game.happen({ kind: "tick" }).open).to.deep.equal(["B"]);
    });
  }

  it("ends where everybody has passed twice since somebody said something", () => {
    const game = new Game(planOf("round_robin", ["A", "B"])).prompt("go");
    const pass = () => game.happen({ kind: "pass", turn_id: game.room.turns[0]!.id });
    for (let count = 1; count <= 3; count += 1) pass();
    game.say("B");
    for (let count = 1; count <= 3; count += 1) pass();
    expect(game.open).to.deep.equal(["B"]);
    expect(pass().stop).to.equal("passed: Nobody has anything to say: 4 turns were passed");
    expect(game.prompt("Again").open).to.deep.equal(["A"]);
  });

  it("ends where the team would give the turn to nobody but who left", () => {
    const config = { strategy: "swarm" } as const;
    const game = new Game(planOf("custom", ["A", "B"], { config })).prompt("go");
    game.room = { ...game.room, plan: planOf("custom", ["B"], { config }) };
    const [turn] = game.room.turns;
    game.room = { ...game.room, turns: [{ ...turn!, deadline_at: turn!.opened_at }] };
    expect(game.happen({ kind: "tick" }).stop).to.equal(
      "failed: A has the turn, and takes none in the team any more",
    );
    expect(game.prompt("Again").open).to.deep.equal(["B"]);
  });

  it("ends as cancelled, a vote like a turn, where no time has run out", () => {
    const game = new Game(planOf("round_robin", ["A", "B"], { mechanism })).prompt("go");
    game.happen(opened).happen({ kind: "stop", now: true, reason: null });
    const ended = game.events.flatMap(({ data }) =>
      data.event === "turn.closed" ? data.status : [],
    );
    expect(ended).to.deep.equal(["cancelled", "cancelled", "cancelled"]);
  });

  it("says that a vote is not passed", () => {
    const game = new Game(planOf("round_robin", ["A"], { mechanism })).happen(opened);
    const [turn] = game.room.turns;
    expect(() => game.happen({ kind: "pass", turn_id: turn!.id })).to.throw("`abstain`");
  });

  it("opens no turn any more once the run is to stop, also when it is resumed", () => {
    const edges = [
      { from: "A", to: "C" },
      { from: "B", to: "D" },
    ];
    const plan = planOf("custom", ["A", "B", "C", "D"], { config: { strategy: "graph", edges } });
    const game = new Game(plan).prompt("go").happen({ kind: "pause" }).say("A");
    game.happen({ kind: "stop", now: false, reason: null }).happen({ kind: "resume" });
    expect(game.open).to.deep.equal(["B"]);
    expect(game.say("B").stop).to.equal("stopped: Somebody stopped the run");
  });

  it("is charged with its own costs, not with those of a run before it", () => {
    const { room } = new Game(planOf("round_robin", ["A"])).prompt("go");
    const [id, other] = [randomUUID(), randomUUID()];
    const charged = (type: "token_usage" | "cost", data: JsonObject) => {
      const entry = { kind: "log_entry", type, data } as Partial<Unnumbered> as Unnumbered;
      return happeningOf(entry, { ...room, run: { ...room.run!, id } })?.kind ?? null;
    };
    const usage = { model: "m", input: 1, output: 1 };
    const cost = { amount: "1", currency: "USD" };
    for (const [run_id, kind] of [
      [id, "used"],
      [other, null],
    ] as const) {
      expect(charged("token_usage", { ...usage, run_id })).to.equal(kind);
      expect(charged("cost", { ...cost, run_id })).to.equal(kind);
    }
    expect(charged("cost", cost)).to.equal("used");
  });
});
