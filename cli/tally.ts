import { isDeepStrictEqual } from "node:util";
import type { Command } from "commander";
import * as z from "zod";
import { ConsensusMechanism } from "../contract/consensus_mechanism.ts";
import { json } from "../contract/json.ts";
import { recompute } from "../server/orchestration/consensus/settle.ts";
import type { Outcome } from "../server/orchestration/consensus/types.ts";
import { readJsonFile } from "./json_file.ts";

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
export function addTally(program: Command): void {
  program
    .command("tally")
    .summary("compute a decision again from its record")
    .description(
      "Computes the outcome of a decision from its ballots, and says whether it is what was recorded. " +
        "Exits with 1 if it is not.",
    )
    .argument("<file>", "a decision.closed entry, a decision or its outcome, as JSON")
    .option("--json", "print the outcome as JSON")
    .action((file: string, options: { json?: true }) => {
      const recorded = readJsonFile(file, TallyFile) as unknown as Outcome;
      const outcome: Outcome = JSON.parse(JSON.stringify(recompute(recorded)));
      const changed = Object.entries(outcome).filter(
        ([name, value]) =>
          name in recorded && !isDeepStrictEqual(value, recorded[name as keyof Outcome]),
      );
      if (options.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
      else {
        process.stdout.write(
          `${outcome.rule}: ${outcome.winner ?? "no decision"}\n${outcome.why}\n`,
        );
        process.stdout.write(`tally: ${JSON.stringify(outcome.tally)}\n`);
      }
      if (changed.length === 0) return;
      const names = changed.map(([name]) => name).join(", ");
      throw new Error(`${file} was recorded with another ${names}`);
    });
}
