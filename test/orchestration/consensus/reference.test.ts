import { expect } from "chai";
import { rowsOf } from "../../../cli/reference_rows.ts";
import type { JsonObject } from "../../../contract/json.ts";
import reference from "./reference.json" with { type: "json" };

describe("textbook votes", () => {
  for (const { path, status, computed } of rowsOf(reference as unknown as JsonObject)) {
    it(`${path} is what its source says`, () => {
      expect(status, `computed ${JSON.stringify(computed)}`).to.equal("equal");
    });
  }
});
