import { expect } from "chai";
import { Game, handoff, planOf } from "./play.ts";

const team = (changes = {}) =>
  planOf("custom", ["A", "B"], { config: { strategy: "swarm" }, ...changes });
const speakers = (game: Game) => game.log.map(([name]) => name).join("");

describe("a swarm", () => {
  it("follows the last handoff, and who hands nothing off goes on", () => {
    const script = { A: ["one", handoff("B")], B: ["two", "three", handoff("id-A")] };
    expect(speakers(new Game(team(), script).prompt("go").play(6))).to.equal("AABBBA");
  });

  it("waits for a person after a handoff to nobody here, and then goes on with who asked", () => {
    const script = { A: [handoff("B")], B: [handoff("user")] };
    const game = new Game(team(), script).prompt("go").play();
    expect(game.open).to.deep.equal([]);
    expect(game.stop).to.equal(undefined);
    expect(game.prompt("here is the info").open).to.deep.equal(["B"]);
  });

  it("stops at a handoff that ends it, and the next run resumes (swarm_handoff_to_user_…)", () => {
    const termination = { type: "handoff", target: "user" } as const;
    const game = new Game(team({ termination }), { A: [handoff("user")] }).prompt("go").play();
    expect(game.stop).to.equal("handoff: Handoff to user from A detected.");
    expect(game.prompt("here is the info").open).to.deep.equal(["A"]);
  });

  it("keeps a handoff made on the turn that stops the run", () => {
    const termination = { type: "max_turns", max_turns: 1 } as const;
    const game = new Game(team({ termination }), { A: [handoff("B")] }).prompt("go").play();
    expect(game.stop).to.match(/^max_turns/);
    expect(game.prompt("on").open).to.deep.equal(["B"]);
  });

  describe("that waits for a person", () => {
    const waiting = (on_prompt?: "steer" | "queue") => {
      const config = { strategy: "swarm", ...(on_prompt && { on_prompt }) } as const;
      return new Game(team({ config }), { A: [handoff("user")] }).prompt("go");
    };

    it("takes the first prompt that comes while it is paused, and goes on once", () => {
      const game = waiting().play().happen({ kind: "pause" }).prompt("one").prompt("two");
      expect(game.open).to.deep.equal([]);
      expect(game.happen({ kind: "resume" }).open).to.deep.equal(["A"]);
    });

    it("takes what was said after it handed off while it was paused", () => {
      const game = waiting().happen({ kind: "pause" }).play().prompt("here is the info");
      expect(game.happen({ kind: "resume" }).open).to.deep.equal(["A"]);
    });

    it("goes on waiting for an answer to a handoff that came after the prompt", () => {
      const game = waiting().happen({ kind: "pause" }).prompt("hurry").play();
      expect(game.happen({ kind: "resume" }).open).to.deep.equal([]);
      expect(game.prompt("here is the info").open).to.deep.equal(["A"]);
    });

    it("takes a prompt where others wait for the run's end", () => {
      const game = waiting("queue").prompt("a task for later").play();
      expect(game.prompt("here is the info").open).to.deep.equal(["A"]);
      expect(game.room.run!.state.queue.map(({ said }) => said.content)).to.deep.equal([
        "a task for later",
      ]);
    });
  });
});
