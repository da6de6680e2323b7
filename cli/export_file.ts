import * as z from "zod";
import { Agent } from "../contract/agent.ts";
import { Entry } from "../contract/entry.ts";
import { timestamp } from "../contract/field.ts";
import { assertPlainJson } from "../contract/json.ts";
import { Session } from "../contract/session.ts";
import { BadRecording, parseJson, reasonOf } from "./bad_recording.ts";
import { agentOf, type RecordedEntry, type Recording } from "./recording.ts";

/** The first line of an export. */
export const ExportHeader = z.strictObject({
  taskmaster_export: z.literal(1),
  session: Session,
  agents: z.array(Agent.pick({ id: true, name: true, type: true, role: true })),
  exported_at: timestamp,
});
export type ExportHeader = z.infer<typeof ExportHeader>;

/**
 * Reads our own export.
 * @param text JSON Lines as `taskmaster export` writes them
 * @throws BadRecording naming the line
 */
export function parseExport(text: string): Recording {
  const lines = text.split("\n");
  if (lines.at(-1)?.trim() === "") lines.pop();
  const [first = "", ...rest] = lines;
  const header = parseLine(ExportHeader, first, 1);
  const known = new Set(header.agents.map((agent) => agent.id));
  const entries = rest.map((line, index): RecordedEntry => {
    const number = index + 2;
    const { id, session_id, seq, created_at, ...entry } = parseLine(Entry, line, number);
    if (seq !== index + 1) throw wrong(number, `entry ${index + 1} should be here, not ${seq}`);
    const agent_id = agentOf(entry);
    if (agent_id !== null && !known.has(agent_id)) {
      throw wrong(number, `the header has no agent ${agent_id}`);
    }
    return entry;
  });
  if (entries.length < header.session.head_seq) {
    throw wrong(lines.length + 1, `cut short: entry ${entries.length + 1} should be here`);
  }
  return { title: header.session.title, agents: header.agents, entries };
}

function parseLine<Schema extends z.ZodType>(
  schema: Schema,
  line: string,
  number: number,
): z.output<Schema> {
  try {
    const value = parseJson(line);
    assertPlainJson(value);
    return schema.parse(value);
  } catch (error) {
    throw wrong(number, reasonOf(error));
  }
}

function wrong(number: number, what: string): BadRecording {
  return new BadRecording(`line ${number}: ${what}`);
}
