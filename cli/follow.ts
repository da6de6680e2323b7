import type { Command } from "commander";
import type { Client } from "../client/index.ts";
import { unlessAborted } from "../client/unless_aborted.ts";
import { CommandError } from "../contract/errors.ts";
import { parseWhole } from "./arguments.ts";
import { addConnectionOptions, withClient } from "./connection.ts";
import { addExamples } from "./help.ts";
import { Names } from "./names.ts";
import { addJsonOption, printLine } from "./output.ts";
import { renderEntry, terminalColors, terminalWidth } from "./render.ts";
import { resolve, waysToCall } from "./resolve.ts";

interface FollowCommandOptions {
  readonly after?: number;
  readonly json?: boolean;
}

/** Adds `taskmaster follow SESSION`. */
export function addFollow(program: Command, signal: AbortSignal): void {
  const command = program
    .command("follow")
    .summary("print a session live")
    .description(
      "Prints every entry of a session once, in order, and goes on live, also across a restart of " +
        "the server, until Ctrl-C. Then it tells the last number, to go on from with --after.",
    )
    .argument("<session>", `the session, ${waysToCall("session")}`)
    .option(
      "--after <seq>",
      "start after this number; the 50 newest entries unless told",
      parseWhole,
    );
  addJsonOption(addConnectionOptions(command), "print entries as JSON Lines");
  addExamples(
    command,
    'follow "A story"',
    "follow 7d0c2f1a --after 120",
    `follow "A story" --after 0 --json | jq -r 'select(.kind == "message").content'`,
  );
  command.action((session: string, options: FollowCommandOptions) =>
    withClient(command, signal, async (client) => {
      const session_id = await unlessAborted(resolve(client, "session", session), signal);
      const names = new Names(client);
      const colors = terminalColors();
      let last = options.after;
      try {
        for await (const entry of client.session(session_id).entries({ after: last, signal })) {
          const speaker = () => unlessAborted(names.speakerOf(entry), signal);
          const line = options.json
            ? JSON.stringify(entry)
            : renderEntry(entry, await speaker(), colors, terminalWidth());
          await printLine(line, signal);
          last = entry.seq;
        }
      } catch (error) {
        // Being stopped is how it ends, whatever it waits for then.
        if (!signal.aborted) {
          if (last !== options.after) tellCursor(last, signal);
          throw await causeOf(error, client, signal);
        }
      }
      tellCursor(last, signal);
    }),
  );
}

/** A session is closed to whoever has lost their token, too; then that is what is to be told. */
async function causeOf(error: unknown, client: Client, signal: AbortSignal): Promise<unknown> {
  if (!(error instanceof CommandError) || error.code !== "forbidden") return error;
  return unlessAborted(client.command("me.get", {}), signal).then(
    () => error,
    (cause) => cause,
  );
}

function tellCursor(last: number | undefined, signal: AbortSignal): void {
  // When the reader of our output left, nobody asked where it stopped.
  if (signal.reason === "reader gone" || last === undefined) return;
  process.stderr.write(`last seq ${last}; go on with --after ${last}\n`);
}
