import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { addExamples } from "./help.ts";

/**
 * Adds `taskmaster complete SHELL`, which prints a script for a shell. The script asks
 * `taskmaster complete -- WORDS` what could come next.
 * @param program with all its other commands, since it is read here
 */
export function addCompletion(program: Command): void {
  tab(program);
  const command = program.commands.find((one) => one.name() === "complete")!;
  command.summary("print a script that completes commands in your shell");
  addExamples(
    command,
    'eval "$(taskmaster complete bash)"                      # in ~/.bashrc',
    "source <(taskmaster complete zsh)                       # in ~/.zshrc",
    "taskmaster complete fish > ~/.config/fish/completions/taskmaster.fish",
  );
}
