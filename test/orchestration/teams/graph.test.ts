import { expect } from "chai";
import { Game, planOf } from "./play.ts";

const names = ["A", "B", "C", "D"];
const team = (edges: object[], more: object = {}) =>
  planOf("custom", names, { config: { strategy: "graph", edges, ...more } } as object);
const speakers = (game: Game) => game.log.map(([name]) => name).join("");
const diamond = ["AB", "AC", "BD", "CD"].map(([from, to]) => ({ from, to }));
const done = "graph_complete: Digraph execution is complete";

describe("a team that follows a graph", () => {
  it("speaks in AutoGen's order round a loop until an edge leads out (graph_loop_all)", () => {
    const edges = [
      { from: "A", to: "B" },
      { from: "B", to: "A", condition: "NO" },
      { from: "B", to: "C", condition: { in: ["YES", { var: "content" }] } },
    ];
    const game = new Game(team(edges, { entry: "A" }), { B: ["NO", "NO", "YES"] });
    game.prompt("go").play();
    expect(game.log.join(" ")).to.equal("A: A#1 B: NO A: A#2 B: NO A: A#3 B: YES C: C#1");
    expect(game.stop).to.equal(done);
  });

  it("runs branches side by side and joins when all have come (graph_parallel_…)", () => {
    const game = new Game(team(diamond)).prompt("go").say("A");
    expect(game.open).to.deep.equal(["B", "C"]);
    expect(game.say("C").open).to.deep.equal(["B"]);
    expect(game.say("B").open).to.deep.equal(["D"]);
    expect(game.say("D").stop).to.equal(done);
  });

  it("does not wait for the other branch where any will do", () => {
    const game = new Game(team(diamond, { join: { D: "any" } })).prompt("go").say("A").say("C");
    expect(game.open).to.have.members(["B", "D"]);
  });

  it("is complete when no edge is open, also before a join that is never reached", () => {
    const edges = diamond.map((edge) => (edge.from === "B" ? { ...edge, condition: "OK" } : edge));
    const game = new Game(team(edges)).prompt("go").play();
    expect(speakers(game)).to.equal("ABC");
    expect(game.stop).to.equal(done);
  });

  it("stops a loop at max_rounds", () => {
    const loop = ["AB", "BA"].map(([from, to]) => ({ from, to }));
    const game = new Game(team(loop, { entry: "A", max_rounds: 2 })).prompt("go").play();
    expect(speakers(game)).to.equal("ABAB");
    expect(game.stop).to.match(/^rounds/);
  });

  it("goes through the graph again in the next run", () => {
    const game = new Game(team(diamond)).prompt("go").play().prompt("again").play();
    expect(speakers(game)).to.equal("ABCDABCD");
  });

  it("cannot be run without an entry, or with strangers", () => {
    const loop = ["AB", "BA"].map(([from, to]) => ({ from, to }));
    expect(new Game(team(loop)).prompt("go").stop).to.match(/^failed: The graph has no entry/);
    expect(new Game(team([{ from: "A", to: "X" }])).prompt("go").stop).to.match(/^failed: X/);
  });

  it("loses no branch that ends while the run is paused", () => {
    const edges = ["AB", "AC", "BD", "CE"].map(([from, to]) => ({ from, to }));
    const plan = { ...team(edges as object[]), members: planOf("custom", [...names, "E"]).members };
    const game = new Game(plan).prompt("go").say("A").happen({ kind: "pause" });
    expect(game.say("B").say("C").open).to.deep.equal([]);
    expect(game.happen({ kind: "resume" }).open).to.deep.equal(["D", "E"]);
    expect(game.play().stop).to.equal(done);
  });
});
