import { expect } from "chai";
import { Game, planOf } from "./play.ts";

describe("a team whose turns are given by hand", () => {
  it("waits until each turn is granted", () => {
    const game = new Game(planOf("custom", ["A", "B"], { config: { strategy: "manual" } }));
    expect(game.prompt("go").open).to.deep.equal([]);
    game.happen({ kind: "grant", agent_id: "id-B", task: "begin" });
    expect(game.log).to.deep.equal(["? B: begin"]);
    expect(game.say("B").open).to.deep.equal([]);
    game.happen({ kind: "grant", agent_id: "id-B", task: null });
    expect(game.open).to.deep.equal(["B"]);
    expect(game.stop).to.equal(undefined);
  });
});
