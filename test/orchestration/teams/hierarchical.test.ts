import { expect } from "chai";
import { delegate, Game, planOf } from "./play.ts";

const team = (config = {}) => planOf("hierarchical", ["W", "leader:L", "V"], { config });
const tree = planOf("hierarchical", ["leader:L", "M", "W", "N"], {
  config: { reports_to: { M: "L", N: "L", W: "M" } },
});

describe("a hierarchical team", () => {
  it("asks in turn, hears the reports, and concludes when the leader delegates to nobody", () => {
    const both = [
      { agent: "W", task: "dig" },
      { agent: "id-V", task: "fill" },
    ];
    const game = new Game(team(), { L: [delegate(both), "well done"] }).prompt("go").play();
    expect(game.log).to.deep.equal([
      ...["L: please", "? W: dig", "W: W#1", "? V: fill", "V: V#1", "L: well done"],
    ]);
    expect(game.stop).to.equal("concluded: The leader delegated to nobody");
  });

  it("asks all at once in parallel, and the leader goes on when the last has reported", () => {
    const both = delegate([{ agent: "V" }, { agent: "W" }], true);
    const game = new Game(team(), { L: [both] }).prompt("go").say("L");
    expect(game.open).to.deep.equal(["V", "W"]);
    expect(game.say("W").open).to.deep.equal(["V"]);
    expect(game.say("V").open).to.deep.equal(["L"]);
  });

  it("lets a manager in the middle delegate to its own people, and report afterwards", () => {
    const script = { L: [delegate({ agent: "M" })], M: [delegate({ agent: "W" })] };
    const game = new Game(tree, script).prompt("go").play();
    const speakers = game.log.filter((line) => !line.startsWith("?")).map(([name]) => name);
    expect(speakers.join("")).to.equal("LMWML");
  });

  it("tells a manager that asks somebody else's people", () => {
    const script = { L: [delegate({ agent: "M" })], M: [delegate({ agent: "N" })] };
    const game = new Game(tree, script).prompt("go").play(2);
    expect(game.open).to.deep.equal(["M"]);
    expect(game.log.at(-1)).to.match(/^\? M: N is none of those who report to you/);
  });

  for (const agent of ["L", "nobody"]) {
    it(`tells a leader that asks ${agent === "L" ? "itself" : agent}`, () => {
      const game = new Game(team(), { L: [delegate({ agent })] }).prompt("go").say("L");
      expect(game.open).to.deep.equal(["L"]);
      expect(game.log.at(-1)).to.include("none of those who report to you");
      expect(game.say("L").stop).to.match(/^concluded/);
    });
  }

  it("cannot be run without a leader, nor with members who do not come to report to the leader", () => {
    const failed = (plan: Parameters<typeof planOf>[2], names = ["leader:L", "M", "N"]) =>
      new Game(planOf("hierarchical", names, plan)).prompt("go").stop;
    expect(failed({}, ["A", "B"])).to.match(/^failed: A hierarchical team needs a leader/);
    expect(failed({ config: { reports_to: { M: "L" } } })).to.match(/^failed: N does not report/);
    // A circle that is not seen when the team is written, since it takes to know whose id that is.
    const circle = { M: "N", N: "id-M" };
    expect(failed({ config: { reports_to: circle } })).to.match(/^failed: M does not report/);
  });
});
