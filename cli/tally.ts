import { isDeepStrictEqual } from "node:util";
import type { Command } from "commander";
import * as z from "zod";
import { ConsensusMechanism } from "../contract/consensus_mechanism.ts";
import { json } from "../contract/json.ts";
import type { Outcome } from "../server/orchestration/consensus/types.ts";
import { addExamples } from "./help.ts";
import { readJsonFile } from "./json_file.ts";
import { addJsonOption, printLine } from "./output.ts";
import { terminalColors } from "./render.ts";

const OutcomeFile = z.looseObject({
  mechanism: ConsensusMechanism.pick({ type: true, config: true }),
  options: z.array(z.string()),
  voters: z.array(z.string()),
  ballots: z.array(z.looseObject({ voter: z.string(), choice: json })),
});

/** The outcome itself, a decision with its outcome, or the decision.closed entry. */
const TallyFile = z.preprocess((read) => {
  const { data, outcome } = (read ?? {}) as { data?: unknown; outcome?: unknown };
  return data ?? outcome ?? read;
}, OutcomeFile);

/** Adds `taskmaster tally FILE`. */
export function addTally(program: Command, signal: AbortSignal): void {
  const command = program
    .command("tally")
    .summary("compute a decision again from its record")
    .description(
      "Computes the outcome of a decision from its ballots, and says whether it is what was recorded. " +
        "Exits with 1 if it is not.",
    )
    .argument("<file>", "a decision.closed entry, a decision or its outcome, as JSON");
  addExamples(
    addJsonOption(command, "print the outcome as JSON"),
    "tally decision.json",
    `taskmaster export "A story" | jq 'select(.data.event == "decision.closed")' > decision.json`,
  );
  command.action(async (file: string, options: { json?: true }) => {
    const recorded = readJsonFile(file, TallyFile) as unknown as Outcome;
    // What decides and gives turns is imported where it is needed: other commands start sooner without it.
    const { recompute } = await import("../server/orchestration/consensus/settle.ts");
    const outcome: Outcome = JSON.parse(JSON.stringify(recompute(recorded)));
    const changed = Object.entries(outcome).filter(
      ([name, value]) =>
        name in recorded && !isDeepStrictEqual(value, recorded[name as keyof Outcome]),
    );
    await printLine(options.json ? JSON.stringify(outcome) : textOf(outcome), signal);
    if (changed.length === 0) return;
    const names = changed.map(([name]) => name).join(", ");
    throw new Error(`${file} was recorded with another ${names}`);
  });
}

function textOf({ rule, winner, why, tally }: Outcome): string {
  const { bold } = terminalColors();
  return `${rule}: ${bold(winner ?? "no decision")}\n${why}\ntally: ${JSON.stringify(tally)}`;
}
