import { expect } from "chai";
import { Game, planOf } from "./play.ts";

describe("a round-robin team", () => {
  it("goes on where the run before stood, as AutoGen does (rr_max_turns_4_then_continue)", () => {
    const termination = { type: "max_turns", max_turns: 4 } as const;
    const game = new Game(planOf("round_robin", ["A", "B", "C"], { termination }));
    game.prompt("go").play().prompt("on").play().prompt("more").play();
    expect(game.log.map((line) => line.slice(-3)).join(" ")).to.equal(
      "A#1 B#1 C#1 A#2 B#2 C#2 A#3 B#3 C#3 A#4 B#4 C#4",
    );
    expect(game.stop).to.equal("max_turns: Maximum number of turns 4 reached.");
  });

  it("goes on after whoever was cut off (cancel_mid_turn_then_run_again)", () => {
    const game = new Game(planOf("round_robin", ["A", "B", "C"]));
    game.prompt("go").say("A").happen({ kind: "stop", now: true, reason: null });
    expect(game.prompt("again").open).to.deep.equal(["C"]);
  });

  it("never gives an observer the turn", () => {
    const game = new Game(planOf("round_robin", ["observer:O", "A", "observer:P", "B"]));
    game.prompt("go").play(5);
    expect(game.log.map(([name]) => name).join("")).to.equal("ABABA");
  });

  it("counts rounds, and begins anew when who was next has left", () => {
    const game = new Game(planOf("round_robin", ["A", "B"]));
    game.prompt("go").play(2);
    expect(game.room.turns[0]!.round).to.equal(2);
    game.happen({ kind: "stop", now: true, reason: null });
    game.room = { ...game.room, plan: planOf("round_robin", ["C", "A"]) };
    expect(game.prompt("again").open).to.deep.equal(["C"]);
  });
});
