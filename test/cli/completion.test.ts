import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import { environment, run, taskmaster } from "./room.ts";
import { quoted } from "./terminal.ts";

describe("taskmaster complete", function () {
  // Each starts the program several times.
  this.timeout(60_000);
  const bash = async (script: string) => {
    const words = taskmaster().map(quoted).join(" ");
    const whole = `taskmaster() { ${words} "$@"; }; eval "$(taskmaster complete bash)"; ${script}`;
    const { stdout } = await promisify(execFile)("bash", ["-c", whole], { env: environment() });
    return stdout.trim().split("\n").sort();
  };

  /** What bash offers when Tab is pressed after these words, the last of which is begun. */
  const offered = (...words: string[]) =>
    bash(
      `COMP_WORDS=(${words.map(quoted).join(" ")}); COMP_CWORD=${words.length - 1}; ` +
        `COMP_LINE=${quoted(words.join(" "))}; COMP_POINT=\${#COMP_LINE}; ` +
        `compopt() { :; }; __taskmaster_complete; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );

  it("completes commands, their subcommands, options and choices in bash", async () => {
    expect(await offered("taskmaster", "who")).to.deep.equal(["whoami"]);
    expect(await offered("taskmaster", "session", "ar")).to.deep.equal(["archive"]);
    expect(await offered("taskmaster", "session", "list", "--st")).to.deep.equal(["--status"]);
    expect(await offered("taskmaster", "session", "list", "--status", "a")).to.deep.equal([
      "active",
      "archived",
    ]);
  });

  it("completes the names of files where a file is asked for", async () => {
    expect(await offered("taskmaster", "tally", "READ")).to.deep.equal(["README.md"]);
  });

  const begins = { bash: /^# bash completion/m, zsh: /^#compdef taskmaster/, fish: /^# fish/ };
  for (const [shell, beginning] of Object.entries(begins)) {
    it(`prints a script for ${shell} that asks us what comes next`, async () => {
      const { code, stdout } = await run(["complete", shell]);
      expect(stdout).to.match(beginning);
      expect(stdout).to.match(/taskmaster complete --/);
      expect(code).to.equal(0);
    });
  }

  it("answers what comes next, one a line with its summary, for every shell", async () => {
    const { stdout } = await run(["complete", "--", "team", ""]);
    const lines = stdout.trim().split("\n");
    expect(lines).to.include("show\tone team, its members and its ways to decide");
    for (const line of lines.slice(0, -1)) expect(line).to.match(/^[a-z]+\t\S/);
    expect(lines.at(-1)).to.match(/^:\d+$/);
  });
});
