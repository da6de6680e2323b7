import { expect } from "chai";
import { Expression } from "../../../contract/expression.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import { evaluate, holds } from "../../../server/orchestration/expression.ts";

const list = Array.from({ length: 40 }, (_, index) => index);
const accumulator = { var: "accumulator" };

describe("an expression", () => {
  it("is evaluated over the data that its variables name", () => {
    const data = { turns: 4, last: { source: "Ada", content: "all DONE" }, said: [1, 2] };
    const rule = {
      and: [{ ">=": [{ var: "turns" }, 4] }, { in: ["DONE", { var: "last.content" }] }],
    };
    expect(holds(rule, data)).to.equal(true);
    expect(holds(rule, { ...data, turns: 3 })).to.equal(false);
    expect(evaluate({ var: "last.source" }, data)).to.equal("Ada");
    expect(evaluate({ var: "said.1" }, data)).to.equal(2);
    expect(evaluate({ var: "said.length" }, data)).to.equal(2);
    expect(evaluate({ var: ["nobody.here", "default"] }, data)).to.equal("default");
    expect(evaluate({ missing: ["turns", "nothing"] }, data)).to.deep.equal(["nothing"]);
    expect(evaluate({ missing_some: [1, ["turns", "nothing"]] }, data)).to.deep.equal([]);
    const sum = { reduce: [{ var: "said" }, { "+": [{ var: "current" }, accumulator] }, 0] };
    expect(evaluate(sum, data)).to.equal(3);
    expect(evaluate({ map: [{ var: "said" }, { "*": [{ var: "" }, 2] }] }, data)).to.deep.equal([
      2, 4,
    ]);
  });

  it("sees nothing of a prototype", () => {
    const data = { text: "x", list: [] };
    for (const path of ["constructor", "constructor.name", "__proto__", "text.big", "list.map"]) {
      expect(evaluate({ var: path }, data), path).to.equal(null);
      expect(evaluate({ missing: [path] }, data), path).to.deep.equal([path]);
    }
  });

  it("comes to null where it cannot be evaluated, and does not hold there", () => {
    for (const rule of [{ nonsense: 1 }, { "/": [1, 0] }, { substr: [5, 1] }, { val: "x" }]) {
      expect(evaluate(rule as JsonObject, { x: 1 }), JSON.stringify(rule)).to.equal(null);
      expect(holds(rule as JsonObject, { x: 1 })).to.equal(false);
    }
  });

  let nested: Json = 1;
  for (let level = 0; level < 10; level += 1) nested = { map: [list, nested] };
  const hungry: Record<string, Json> = {
    "merges a list with itself 40 times": {
      reduce: [list, { merge: [accumulator, accumulator] }, [1]],
    },
    "pairs a list with itself 40 times": { reduce: [list, [accumulator, accumulator], [1]] },
    "doubles a text 40 times": { reduce: [list, { cat: [accumulator, accumulator] }, "text"] },
    "has ten loops within each other": nested,
    "repeats a long literal": {
      map: [list, { map: [list, { map: [list, { "==": ["x".repeat(100_000), { var: "" }] }] }] }],
    },
  };
  for (const [name, rule] of Object.entries(hungry)) {
    it(`is given up when it ${name}`, () => {
      expect(evaluate(rule as JsonObject, {})).to.equal(null);
    });
  }

  it("is checked when it is written", () => {
    const complaints = (rule: unknown) =>
      (Expression.safeParse(rule).error?.issues ?? []).map(({ message }) => message);
    expect(complaints({ "==": [{ var: "last.source" }, "Ada"] })).to.deep.equal([]);
    expect(complaints({ and: [{ nonsense: 1 }, true, {}] })).to.deep.equal([
      "there is no operator nonsense",
    ]);
    expect(complaints({ constructor: [] })).to.deep.equal(["there is no operator constructor"]);
    expect(complaints({ "!": [{ var: "x", in: [] }] })).to.deep.equal([
      "a rule has one operator, not var and in",
    ]);
    let deep: Json = 1;
    for (let level = 0; level < 100; level += 1) deep = { "!": deep };
    expect(complaints(deep)).to.have.lengthOf(1);
  });
});
