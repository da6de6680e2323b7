import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { commands } from "../../contract/commands.ts";
import { programOf } from "../support/programs.ts";

describe("the printed table of commands", () => {
  it("has one aligned line for every command, with HTTP, scope, who may and summary", () => {
    const arguments_ = [programOf("cli/commands.ts")];
    const printed = execFileSync(process.execPath, arguments_, { encoding: "utf8" });
    const [head, ...lines] = printed.trimEnd().split("\n");
    const starts = ["COMMAND", "HTTP", "SCOPE", "WHO MAY", "SUMMARY"].map((title) =>
      head!.indexOf(title),
    );
    const cells = lines.map((line) =>
      starts.map((start, column) => line.slice(start, starts[column + 1]).trim()),
    );
    expect(cells).to.deep.equal(
      Object.values(commands).map(({ name, http, scope, may, summary }) => [
        name,
        http ?? "socket only",
        scope,
        may,
        summary,
      ]),
    );
  });
});
