import * as z from "zod";
import { command } from "./command.ts";
import { id, listOf, page, timestamp } from "./field.ts";
import { jsonObject } from "./json.ts";

const count = z.int().min(0);

/** Why a run stopped, and what it came to: the `data` of its run.stopped entry, beside `run_id`. */
export const Stop = z.strictObject({
  code: z
    .string()
    .describe(
      "The type of the condition that was met, such as `text_mention`; or `concluded`, " +
        "`rounds`, `graph_complete` (the team's own end), `stopped` (by somebody), `timed_out`, " +
        "`interrupted` (by a prompt), `failed` (the team cannot be run)",
    ),
  reason: z.string(),
  conditions: z
    .array(z.strictObject({ code: z.string(), reason: z.string() }))
    .describe("Every condition that was met"),
  turns: count.describe("Turns that ended, however they did, before the run was stopped"),
  messages: count,
  tokens: z.strictObject({ input: count, output: count }),
  cost: z.record(z.string(), z.string()).describe("Currency → amount as a decimal string"),
});
export type Stop = z.infer<typeof Stop>;

/** What a prompt sets off in a team session, from the first turn to the stop. */
export const Run = z.strictObject({
  id,
  session_id: id,
  prompt_id: id,
  status: z.enum(["active", "paused", "stopped"]),
  plan: jsonObject.describe("The team as it was when the run started; the run goes by it"),
  stop: Stop.nullable(),
  started_at: timestamp,
  deadline_at: timestamp.nullable().describe("When a timeout condition stops it"),
  stopped_at: timestamp.nullable(),
});
export type Run = z.infer<typeof Run>;

const one = { session_id: id, run_id: id };
const participant = "a participant of the session; a bot only if it is the team's coordinator";

export const runList = command({
  name: "run.list",
  summary: "The runs of a session",
  may: "who may follow the session",
  scope: "read",
  http: "GET /sessions/:session_id/runs",
  input: z.strictObject({ session_id: id, ...page }),
  output: listOf(Run),
});

export const runGet = command({
  name: "run.get",
  summary: "One run",
  may: "who may follow the session",
  scope: "read",
  http: "GET /sessions/:session_id/runs/:run_id",
  input: z.strictObject(one),
  output: Run,
});

export const runPause = command({
  name: "run.pause",
  summary: "Let open turns end, and open no more until run.resume",
  may: participant,
  scope: "write",
  http: "POST /sessions/:session_id/runs/:run_id/pause",
  input: z.strictObject(one),
  output: Run,
});

export const runResume = command({
  name: "run.resume",
  summary: "Go on with a paused run",
  may: participant,
  scope: "write",
  http: "POST /sessions/:session_id/runs/:run_id/resume",
  input: z.strictObject(one),
  output: Run,
});

export const runStop = command({
  name: "run.stop",
  summary: "Stop a run after its open turns, or at once",
  may: participant,
  scope: "write",
  http: "POST /sessions/:session_id/runs/:run_id/stop",
  input: z.strictObject({
    ...one,
    now: z.boolean().optional().describe("Cancel the open turns instead of waiting for them"),
    reason: z.string().max(1000).optional(),
  }),
  output: Run,
});
