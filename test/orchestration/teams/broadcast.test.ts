import { expect } from "chai";
import { line } from "../../../contract/field.ts";
import type { Mechanism } from "../../../server/orchestration/types.ts";
import { Game, planOf } from "./play.ts";

const mechanism: Mechanism = { id: "m", type: "democratic", config: { rule: "plurality" } };

describe("a broadcast team", () => {
  it("gives everybody the turn at once, round after round, and stops after the last", () => {
    const plan = planOf("broadcast", ["A", "observer:O", "B"], { config: { rounds: 2 } });
    const game = new Game(plan).prompt("go");
    expect(game.open).to.deep.equal(["A", "B"]);
    expect(game.say("B").open).to.deep.equal(["A"]);
    game.happen({ kind: "pass", turn_id: game.room.turns[0]!.id });
    expect(game.room.turns.map(({ round }) => round)).to.deep.equal([2, 2]);
    expect(game.play().stop).to.equal("rounds: All 2 rounds are over");
  });

  it("puts the round's distinct answers to its mechanism, and then goes on", () => {
    const plan = planOf("broadcast", ["A", "B", "C"], { config: { rounds: 2 }, mechanism });
    const game = new Game(plan, { A: ["x"], B: [" x "], C: ["y"] }).prompt("go").play(3);
    const [decision] = game.room.decisions;
    expect(decision!.options).to.deep.equal(["x", "y"]);
    game.happen({ kind: "close_decision", decision_id: decision!.id });
    expect(game.room.turns.map(({ purpose, round }) => `${purpose} ${round}`)).to.deep.equal([
      ...["speak 2", "speak 2", "speak 2"],
    ]);
  });

  it("has nothing to decide where nobody answered", () => {
    const game = new Game(planOf("broadcast", ["A"], { mechanism })).prompt("go");
    game.happen({ kind: "pass", turn_id: game.room.turns[0]!.id });
    expect(game.stop).to.equal("rounds: The round is over");
  });

  it("says in the stream why the answers of a round cannot be decided between, and goes on", () => {
    const plan = planOf("broadcast", ["A", "B"], { config: { rounds: 2 }, mechanism });
    const game = new Game(plan, { A: ["tea", "milk"], B: ["abstain", "abstain"] }).prompt("go");
    game.play(2);
    expect(game.room.turns.map(({ purpose, round }) => `${purpose} ${round}`)).to.deep.equal([
      ...["speak 2", "speak 2"],
    ]);
    expect(game.play().stop).to.equal("rounds: All 2 rounds are over");
    const said = game.events.filter(({ data }) => data.event === "round.undecided");
    expect(said.map(({ type, message }) => `${type}: ${message}`)).to.deep.equal([
      "decision: Round 1 is not decided: No option may be called abstain",
      "decision: Round 2 is not decided: No option may be called abstain",
    ]);
    const { id: run_id } = game.room.run!;
    const why = "No option may be called abstain";
    const options = ["tea", "abstain"];
    expect(said[0]!.data).to.deep.equal({
      event: "round.undecided",
      run_id,
      round: 1,
      options,
      why,
    });
  });

  it("makes one line of an answer that has several, and no option where there is nothing to see", () => {
    const game = new Game(planOf("broadcast", ["A", "B", "C"], { mechanism })).prompt("go");
    game.say("A", "x\r\ny\u2028z").say("B", "\u2800\u0007").say("C", "a\u0007b");
    const { options } = game.room.decisions[0]!;
    expect(options).to.deep.equal(["x y z", "a b"]);
    for (const option of options) expect(line.parse(option)).to.equal(option);
  });

  it("shortens a long answer to an option that can be stored", () => {
    const game = new Game(planOf("broadcast", ["A", "B"], { mechanism })).prompt("go");
    // One of the two is cut within a character, whichever way the length falls.
    game.say("A", "😀".repeat(200)).say("B", `b${"😀".repeat(200)}`);
    const { options } = game.room.decisions[0]!;
    expect(options).to.have.lengthOf(2);
    for (const option of options)
      expect(option.isWellFormed() && option.length <= 200).to.equal(true);
  });
});
