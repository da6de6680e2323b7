import { expect } from "chai";
import { CommandError } from "../../contract/errors.ts";
import { assertPlainJson } from "../../contract/json.ts";

const refusal = (input: unknown, maxBytes?: number) => {
  try {
    assertPlainJson(input, maxBytes);
  } catch (error) {
    if (error instanceof CommandError) return error.toJSON();
    throw error;
  }
  return null;
};

describe("plain JSON", () => {
  it("lets through what JSON and PostgreSQL carry unchanged", () => {
    const fine = [null, 0, -1.5, "", "żółw 🐢\u0001", { "": [], a: { b: [true, { c: null }] } }];
    for (const value of [...fine, fine]) expect(refusal(value)).to.equal(null);
  });

  it("names the place of what it refuses", () => {
    for (const bad of ["\0", "\ud83d", Number.NaN, Number.POSITIVE_INFINITY, new Date(), 1n]) {
      const { code, details } = refusal({ a: [0, { b: bad }] })!;
      expect(code).to.equal("invalid_input");
      expect(details?.[0]?.path).to.equal("a.1.b");
    }
  });

  it("refuses numbers that are far longer as PostgreSQL keeps them", () => {
    const list = (value: number) => ({ data: Array.from({ length: 10 }, () => value) });
    expect(refusal(list(1e308), 3079)?.code).to.equal("too_large");
    expect(refusal(list(-1e-300), 2999)?.code).to.equal("too_large");
    expect(refusal(list(1e300), 3000)).to.equal(null);
    for (const value of [0, 1.5, -123456789, Number.MAX_SAFE_INTEGER])
      expect(refusal(list(value), 20)).to.equal(null);
  });

  it("refuses integers whose last digits are lost, and no number that is written with an exponent", () => {
    for (const text of ["12345678901234567890", "-9007199254740993", "9007199254740992"]) {
      expect(refusal(JSON.parse(`{"id":${text}}`))?.details?.[0]?.path, text).to.equal("id");
    }
    for (const text of ["9007199254740991", "-1e21", "6.02214076e23", "1e-21"]) {
      expect(refusal(JSON.parse(`{"id":${text}}`)), text).to.equal(null);
    }
  });

  it("refuses more values than its bytes can hold, before looking at any", () => {
    const list: unknown[] = [];
    list.length = 2 ** 32 - 1;
    expect(refusal({ list }, 1000)?.code).to.equal("too_large");
    expect(refusal({ a: [1, 2], b: { c: 3 } }, 5)?.code).to.equal(undefined);
    expect(refusal({ a: [1, 2], b: { c: 3 } }, 4)?.code).to.equal("too_large");
  });
});
