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
