import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { programOf } from "../support/programs.ts";

describe("npm run demo", () => {
  it("prints a conversation with every kind of entry, tool calls and costs, and ends by itself", async function () {
    // It starts a PostgreSQL of its own, from nothing.
    this.timeout(60_000);
    const child = spawn(process.execPath, [programOf("demo/main.ts")], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "exit"),
    ]);
    const entries = stdout.split("\n").filter((line) => /^ +\d+ {2}\w/.test(line));
    const count = (pattern: RegExp) => entries.filter((line) => pattern.test(line)).length;
    expect(entries.map((line) => Number.parseInt(line, 10))).to.deep.equal(
      entries.map((_, index) => index + 1),
    );
    expect(count(/ prompt /)).to.equal(1);
    expect(count(/ comment /)).to.equal(2);
    expect(count(/ log_entry .*cost: /)).to.equal(1);
    expect(count(/ log_entry .*token_usage: /)).to.equal(1);
    expect(count(/ message .*⚙.*"arguments"/)).to.equal(2);
    expect(count(/ message .*⚙.*"result"/)).to.equal(2);
    for (const name of ["Mira", "Otto", "Juno"]) expect(count(RegExp(` ${name} `))).to.be.above(2);
    expect(stderr).to.equal("");
    expect(code).to.equal(0);
  });
});
