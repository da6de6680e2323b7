import { expect } from "chai";
import { errors } from "../../contract/errors.ts";
import { plain, readTables } from "../support/tables.ts";

describe("error codes", () => {
  it("are documented, each with its status, its meaning and what to do", () => {
    const rows = readTables("docs/errors.md").map(([code, status, meaning, advice]) => {
      expect(advice, `what to do about ${code}`).not.to.equal("");
      return [plain(code), Number(status), meaning];
    });
    const declared = Object.entries(errors).map(([code, { status, meaning }]) => [
      code,
      status,
      meaning,
    ]);
    expect(rows).to.deep.equal(declared);
  });
});
