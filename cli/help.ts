import type { Command } from "commander";

/**
 * Finds the group that a command of two words belongs to, or makes it.
 * @param words such as `session list`
 * @returns what the last word is to be added to, and that word
 */
export function placeOf(program: Command, words: string): { parent: Command; word: string } {
  const [first = "", second] = words.split(" ");
  if (second === undefined) return { parent: program, word: first };
  const known = program.commands.find((command) => command.name() === first);
  return { parent: known ?? addGroup(program, first), word: second };
}

/**
 * Adds examples at the end of a command's help.
 * @param examples what is typed after `taskmaster`; one that calls the program by its name is shown as it is
 */
export function addExamples(command: Command, ...examples: readonly string[]): Command {
  const lines = examples.map((example) =>
    /\btaskmaster /.test(example) ? `  $ ${example}` : `  $ taskmaster ${example}`,
  );
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

function addGroup(program: Command, noun: string): Command {
  const group = program.command(noun).summary(`work with ${noun}s`);
  return group.description(`Works with ${noun}s. \`taskmaster ${noun} COMMAND --help\` says more.`);
}
