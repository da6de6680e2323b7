import { basename } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Command, Option } from "commander";
import type { Client } from "../client/index.ts";
import { unlessAborted } from "../client/unless_aborted.ts";
import { parsePace } from "./arguments.ts";
import { assembleCast } from "./cast.ts";
import { addConnectionOptions, withClient } from "./connection.ts";
import { Failure } from "./exit_codes.ts";
import { addExamples } from "./help.ts";
import { addJsonOption, printLine } from "./output.ts";
import { ProgressBar } from "./progress_bar.ts";
import { readRecording } from "./read_recording.ts";
import { type Recording, serverEventOf } from "./recording.ts";
import { replayEntry } from "./replay_entry.ts";

// Lines that end in a backslash go on: the paragraphs are broken where the terminal ends.
const DESCRIPTION = `Plays recorded conversations into new sessions. A file is either a JSON file with a "history" of \
{ name?, role, content } or what \`taskmaster export\` wrote. Every file is checked whole before \
anything is made.

For each file it makes an agent per speaker and a session, and connects one bot per speaker, which \
posts that speaker's messages. The next entry is posted when the one before is stored. The bots' \
tokens are revoked afterwards. Your own token needs the scope full.

In a history the speaker is the name, or else the role without a remark in brackets at its end: \
"Orchestrator (thought)" and "Orchestrator (-> WebSurfer)" are one speaker, Orchestrator.

Replaying an export gives an equal stream: the same kinds of entries in the same order, with the \
same content, tool_call, type, message and data, and the same speakers' names. Ids, times and people \
are new: prompts, comments and people's log entries are posted by you. Entries that only the server \
writes (session.updated, member.added, ...) come from issuing again what caused them. Where that is \
impossible they are counted at the end, and only they are missing. So whoever was let into the \
session is let into the new one, if they are on this server.`;

/** Adds `taskmaster replay FILE...`. */
export function addReplay(program: Command, signal: AbortSignal): void {
  const pace = new Option("--pace <n>", "messages a second, or max: as fast as they are stored")
    .argParser(parsePace)
    .default(Number.POSITIVE_INFINITY, "max");
  const command = program
    .command("replay")
    .summary("play recorded conversations into new sessions")
    .description(DESCRIPTION)
    .argument("<file...>", "recorded conversations")
    .addOption(pace);
  addJsonOption(addConnectionOptions(command), "print a result a line as JSON");
  addExamples(
    command,
    "replay conversation.json",
    "replay --pace 5 conversation.json",
    "replay story.jsonl --json | jq -r .session_id",
  );
  command.action(async (files: string[], options: { pace: number; json?: true }) => {
    const recordings: Recording[] = [];
    for (const file of files) recordings.push(await readRecording(file));
    await withClient(command, signal, async (client) => {
      await demandFullScope(client);
      for (const [index, recording] of recordings.entries()) {
        const name = basename(files[index] ?? "");
        const bar = new ProgressBar(name);
        const onProgress = (done: number) => bar.show(done, recording.entries.length);
        const result = await replay(client, recording, {
          pace: options.pace,
          signal,
          onProgress,
        }).finally(() => bar.stop());
        const line = options.json
          ? JSON.stringify({ file: files[index], ...result })
          : summaryOf(name, result);
        await printLine(line, signal);
      }
    });
  });
}

export interface ReplayOptions {
  /** Entries a second. */
  readonly pace?: number;
  readonly signal?: AbortSignal;
  /** Called before the first entry and after every one, with how many are done. */
  readonly onProgress?: (done: number) => void;
}

export interface ReplayResult {
  readonly session_id: string;
  readonly entries: number;
  readonly bots: number;
  readonly seconds: number;
  /** The events of the entries that only the server could have written again, and did not. */
  readonly notReproducible: readonly string[];
}

/**
 * Plays a recording into a new session, each speaker by a bot of its own, in order.
 * @param client of the person who replays; its token needs the scope `full`
 * @throws CommandError when the server refuses something, the signal's reason when aborted
 */
export async function replay(
  client: Client,
  recording: Recording,
  { pace = Number.POSITIVE_INFINITY, signal, onProgress }: ReplayOptions = {},
): Promise<ReplayResult> {
  const cast = await assembleCast(client, recording);
  const notReproducible: string[] = [];
  const started = performance.now();
  try {
    onProgress?.(0);
    for (const [index, entry] of recording.entries.entries()) {
      const pause = started + (index * 1000) / pace - performance.now();
      if (pause > 0) await wait(pause, undefined, { signal });
      signal?.throwIfAborted();
      const posting = replayEntry(entry, cast, client);
      const posted = await (signal ? unlessAborted(posting, signal) : posting);
      if (!posted) notReproducible.push(serverEventOf(entry)!);
      onProgress?.(index + 1);
    }
  } finally {
    await cast.dismiss();
  }
  return {
    session_id: cast.session_id,
    entries: recording.entries.length - notReproducible.length,
    bots: cast.bots,
    seconds: (performance.now() - started) / 1000,
    notReproducible,
  };
}

async function demandFullScope(client: Client): Promise<void> {
  const me = await client.command("me.get", {});
  if (me.scope === "full" && me.agent_id === null) return;
  const whose = me.agent_id === null ? `has the scope ${me.scope}` : "is a bot's";
  throw new Failure(
    4,
    `this token ${whose}; to make bots' tokens, replay needs a person's with scope full`,
  );
}

function summaryOf(name: string, result: ReplayResult): string {
  const { notReproducible: missing } = result;
  const counts = [...new Set(missing)].map(
    (event) => `${missing.filter((other) => other === event).length} ${event}`,
  );
  return [
    `${name}: session ${result.session_id}: ${result.entries} entries by ${result.bots} bots in ${result.seconds.toFixed(1)} s`,
    ...(counts.length > 0 ? [`  not reproducible: ${counts.join(", ")}`] : []),
  ].join("\n");
}
