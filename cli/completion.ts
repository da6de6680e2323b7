import { readdirSync } from "node:fs";
import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { addExamples } from "./help.ts";

/** What the script for bash takes from the package bash-completion, for a shell without it. */
const WITHOUT_BASH_COMPLETION = `declare -F _get_comp_words_by_ref >/dev/null ||
_get_comp_words_by_ref() {
    words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
    cur=\${words[cword]} prev=\${words[cword - 1]}
}
`;

/**
 * Adds `taskmaster complete SHELL`, which prints a script for a shell. The script asks
 * `taskmaster complete -- WORDS` what could come next.
 * @param program with all its other commands, since it is read here
 */
export function addCompletion(program: Command): void {
  const completion = tab(program);
  for (const [words, one] of completion.commands) {
    // A line each: descriptions have paragraphs.
    one.description = commandAt(program, words)?.summary() || one.description;
    for (const argument of one.arguments.values()) {
      if (argument.name === "file") argument.handler = completeFiles;
    }
  }
  const command = program.commands.find((one) => one.name() === "complete")!;
  command.summary("print a script that completes commands in your shell");
  command.hook("preAction", () => {
    if (process.argv.slice(2).join(" ") === "complete bash") {
      process.stdout.write(WITHOUT_BASH_COMPLETION);
    }
  });
  addExamples(
    command,
    'eval "$(taskmaster complete bash)"                      # in ~/.bashrc',
    "source <(taskmaster complete zsh)                       # in ~/.zshrc",
    "taskmaster complete fish > ~/.config/fish/completions/taskmaster.fish",
  );
}

/** The command of these words; none for help, which commander makes up. */
function commandAt(program: Command, words: string): Command | undefined {
  return words
    .split(" ")
    .reduce<Command | undefined>(
      (parent, word) => parent?.commands.find((one) => one.name() === word),
      program,
    );
}

function completeFiles(complete: (value: string, description: string) => void): void {
  for (const name of readdirSync(".")) complete(name, "");
}
