import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { rowsOf } from "../../../cli/reference_rows.ts";
import type { JsonObject } from "../../../contract/json.ts";
import { programOf } from "../../support/programs.ts";
import known from "./known_answers.json" with { type: "json" };

describe("known answers of game theory", () => {
  for (const { path, status, computed, expected } of rowsOf(known as JsonObject)) {
    it(`${path} is what its source says`, () => {
      expect(status, `computed ${JSON.stringify(computed)}`).to.equal("equal");
      expect(expected).to.not.equal(undefined);
    });
  }

  it("differ when an answer is wrong, and a key that is not known is named", () => {
    const { row, col } = known.games.matching_pennies;
    const rows = rowsOf({
      games: { pennies: { row, col, pure_ne: [[0, 0]], lemke_howson: 1 } },
      auctions: { nobody_knows: { expected: { A: 1 } } },
      astrology: { stars: 3 },
    });
    expect(rows.map(({ path, status }) => [path, status])).to.deep.equal([
      ["games.pennies.pure_ne", "DIFFERENT"],
      ["games.pennies.lemke_howson", "unknown"],
      ["auctions.nobody_knows.expected", "unknown"],
      ["astrology", "unknown"],
    ]);
  });

  it("make the command exit with 1 when one differs, 0 when none does, 2 without a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "reference-"));
    const exitFor = async (name: string, text?: string) => {
      const path = join(folder, name);
      if (text !== undefined) await writeFile(path, text);
      const child = execFile(process.execPath, [programOf("cli/reference.ts"), path]);
      return new Promise((resolve) => child.once("exit", resolve));
    };
    try {
      const wrong = { auctions: { second_price: { bids: { a: 2, b: 1 }, price: 2 } } };
      expect(await exitFor("right.json", JSON.stringify(known))).to.equal(0);
      expect(await exitFor("wrong.json", JSON.stringify(wrong))).to.equal(1);
      expect(await exitFor("list.json", "[]")).to.equal(2);
      expect(await exitFor("missing.json")).to.equal(2);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
