import { readFile } from "node:fs/promises";
import { expect } from "chai";
import type { Command } from "commander";
import { exitCodes } from "../../cli/exit_codes.ts";
import { createProgram } from "../../cli/program.ts";

const program = createProgram(new AbortController().signal);

describe("the help of taskmaster", () => {
  for (const [words, command] of commandsOf(program)) {
    it(`has an example that fits: ${words}`, () => {
      const help = helpOf(command);
      const [, examples = ""] = help.split("\nExamples:\n");
      const own = examples.split("\n").filter((line) => line.includes(`taskmaster ${words}`));
      expect(own, help).to.not.have.length(0);
      expect(command.summary()).to.match(/^[^A-Z].*[^.]$/);
      const known = command.options.map((option) => option.long);
      for (const line of own) {
        const [typed = ""] = line.split(`taskmaster ${words}`)[1]!.split(/[|#)]/);
        for (const [option] of typed.matchAll(/(?<= )--[a-z-]+/g)) expect(known).to.include(option);
      }
    });
  }

  it("says every exit code, as docs/cli.md does", async () => {
    const page = await readFile(new URL("../../docs/cli.md", import.meta.url), "utf8");
    for (const [code, meaning] of Object.entries(exitCodes)) {
      expect(helpOf(program)).to.include(`${code}  ${meaning}`);
      expect(page).to.include(`| ${code} | ${meaning} |`);
    }
  });

  it("and docs/cli.md name the same commands", async () => {
    const page = await readFile(new URL("../../docs/cli.md", import.meta.url), "utf8");
    const named = [...page.matchAll(/^\| `([a-z]+(?: [a-z]+)?)/gm)].map((match) => match[1]);
    expect(named).to.have.members([...commandsOf(program).keys()]);
  });
});

/** Every command that does something, by the words that are typed for it. */
function commandsOf(parent: Command, before = ""): Map<string, Command> {
  return new Map(
    parent.commands.flatMap((command) => {
      const words = `${before}${command.name()}`;
      return command.commands.length > 0
        ? [...commandsOf(command, `${words} `)]
        : [[words, command] as const];
    }),
  );
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}
