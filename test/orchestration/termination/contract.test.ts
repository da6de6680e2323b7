import { expect } from "chai";
import { type Condition, readCondition } from "../../../contract/termination.ts";

const placesOf = (config: unknown) =>
  readCondition("custom", config).error?.issues.map(({ path }) => path.join("."));

describe("a team's termination condition", () => {
  it("is read from its two columns", () => {
    const read = (...columns: Parameters<typeof readCondition>) => readCondition(...columns).data;
    expect(read(null, null)).to.equal(null);
    expect(read("max_turns", { max_turns: 3 })).to.deep.equal({ type: "max_turns", max_turns: 3 });
    expect(read("timeout", { timeout_ms: 5 })).to.deep.equal({ type: "timeout", timeout_ms: 5 });
    const mention = { text: "X", sources: ["Ada"] };
    expect(read("text_mention", mention)).to.deep.equal({ type: "text_mention", ...mention });
    const tree = { any: [{ type: "external" }, { all: [{ type: "stop_message" }] }] };
    expect(read("custom", tree)).to.deep.equal(tree);
  });

  const wrong: Record<string, readonly [config: unknown, place: string]> = {
    "a limit of 0": [{ any: [{ type: "max_turns", max_turns: 0 }] }, "any.0.max_turns"],
    "a negative limit": [{ type: "max_messages", max_messages: -1 }, "max_messages"],
    "an unknown type": [{ all: [{ any: [{ type: "nope" }] }] }, "all.0.any.0.type"],
    "a missing field": [{ all: [{ type: "text_mention" }] }, "all.0.text"],
    "an unknown field": [{ any: [{ type: "external", now: true }] }, "any.0.now"],
    "a tree of nothing": [{ all: [] }, "all"],
    "no condition at all": [{}, "type"],
    "a token usage without a limit": [{ any: [{ type: "token_usage" }] }, "any.0"],
    "a cost as a number": [{ type: "cost", max_cost: 1.5 }, "max_cost"],
    "a cost of nothing": [{ type: "cost", max_cost: "0.00" }, "max_cost"],
    "an expression with two operators": [
      { type: "expression", expression: { "==": [1, 1], var: "x" } },
      "expression",
    ],
  };
  for (const [name, [config, place]] of Object.entries(wrong)) {
    it(`is refused with its place: ${name}`, () => {
      expect(placesOf(config)).to.deep.equal([place]);
    });
  }

  it("is refused when the column says one thing and its config another", () => {
    expect(readCondition("text_mention", { type: "external" }).success).to.equal(false);
  });

  it("is refused when it has more than 100 conditions, in whatever shape", () => {
    const deep = (levels: number) => {
      let tree: Condition = { type: "external" };
      for (let level = 1; level < levels; level += 1) tree = { any: [tree] };
      return tree;
    };
    expect(placesOf(deep(100))).to.equal(undefined);
    expect(placesOf(deep(101))).to.deep.equal([""]);
    expect(placesOf(deep(100_000))).to.deep.equal([""]);
    const wide = (conditions: number) => ({
      any: Array.from({ length: conditions - 1 }, () => ({ type: "external" })),
    });
    expect(placesOf(wide(100))).to.equal(undefined);
    expect(placesOf(wide(101))).to.deep.equal([""]);
    expect(placesOf({ all: [wide(50), wide(50)] })).to.deep.equal([""]);
  });
});
