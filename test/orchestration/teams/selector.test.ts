import { expect } from "chai";
import { Game, planOf } from "./play.ts";

const team = (config: object, names = ["A", "B", "C"]) =>
  planOf("custom", names, { config: { strategy: "selector", ...config } });
const speakers = (game: Game) => game.log.map(([name]) => name).join("");

describe("a team with a selector", () => {
  it("lets two speak by turns, as AutoGen does (selector_two_agents_no_model_call)", () => {
    const game = new Game(team({}, ["A", "B"])).prompt("go").play(3);
    expect(speakers(game)).to.equal("ABA");
  });

  it("asks the expression, and falls to the first candidate when it names none that may speak", () => {
    const expression = { if: [{ in: ["?", { var: "last.content" }] }, ["C"], "nobody"] };
    const game = new Game(team({ expression }), { A: ["hm", "why?"], B: ["so?"] });
    game.prompt("go").play(5);
    expect(speakers(game)).to.equal("ABCAC");
  });

  it("lets one speak again only where that is allowed", () => {
    const expression = { cat: ["B"] };
    expect(speakers(new Game(team({ expression })).prompt("go").play(4))).to.equal("BABA");
    const free = team({ expression, allow_repeated_speaker: true });
    expect(speakers(new Game(free).prompt("go").play(3))).to.equal("BBB");
  });

  it("does not begin a run with who ended the one before", () => {
    const termination = { type: "max_turns", max_turns: 1 } as const;
    const game = new Game({ ...team({ candidates: ["C", "id-B"] }), termination });
    game.prompt("go").play().prompt("again").play().prompt("once more").play();
    expect(speakers(game)).to.equal("CBC");
  });

  it("cannot be run with one candidate who may not repeat, or with a stranger", () => {
    expect(new Game(team({}, ["A"])).prompt("go").stop).to.match(/^failed: A selector needs two/);
    expect(new Game(team({ candidates: ["X"] })).prompt("go").stop).to.match(/^failed: .*X/);
  });
});
