import { expect } from "chai";
import type { Json } from "../../contract/json.ts";
import { mergePatch } from "../../server/actions/merge_patch.ts";

// The test cases of RFC 7396, appendix A: original, patch, result.
const cases: [Json, Json, Json][] = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

describe("mergePatch", () => {
  for (const [original, patch, result] of cases) {
    const name = `merges ${JSON.stringify(patch)} onto ${JSON.stringify(original)} as RFC 7396 says`;
    it(name, () => {
      const before = structuredClone({ original, patch });
      expect(mergePatch(original, patch)).to.deep.equal(result);
      expect({ original, patch }, "the inputs").to.deep.equal(before);
    });
  }

  it("keeps a member whose name means something to JavaScript a plain member", () => {
    const patched = mergePatch({}, { constructor: { name: "x" }, toString: 1 });
    expect(JSON.stringify(patched)).to.equal('{"constructor":{"name":"x"},"toString":1}');
  });
});
