import type { Entry } from "../../contract/entry.ts";
import type { JsonObject } from "../../contract/json.ts";
import type { LogEntry } from "../../contract/log_entry.ts";
import type { Session } from "../../contract/session.ts";
import type { Names } from "../session/roster.tsx";
import { tallyRows } from "../session/tally.ts";
import type { Speakers } from "./speakers.ts";

/** The beginning of a transcript: what session it is of, and who speaks in it. */
export function markdownHead(session: Session, speakers: Speakers): string {
  const names = speakers.names();
  const agents = [...speakers.agent_ids].map((id) => names.agent(id));
  const who = agents.map(({ name, role }) => `- **${plain(name)}**${role && `: ${plain(role)}`}`);
  return [
    `# ${plain(session.title)}`,
    `Session \`${session.id}\`, ${session.status}, opened ${timeText(session.created_at)}. ` +
      `Written ${timeText(new Date().toISOString())}.`,
    ...(who.length > 0 ? ["Who speaks in it:", who.join("\n")] : []),
    "",
  ].join("\n\n");
}

/** Entries as Markdown: what was said as quotations, tool calls as code, all else as one line each. */
export function markdownOf(entries: readonly Entry[], names: Names): string {
  return entries.map((entry) => `${entryText(entry, names)}\n\n`).join("");
}

function entryText(entry: Entry, names: Names): string {
  const who = plain(names.speakerOf(entry)?.name ?? "Taskmaster");
  const { seq, created_at } = entry;
  if (entry.kind === "log_entry") {
    const message = plain(entry.message);
    const said = message.startsWith(who) ? message : `${who}: ${message}`;
    const line = `*${timeText(created_at)} · ${said}${figureOf(entry)}* (#${seq})`;
    return [line, ...decisionParts(entry)].join("\n\n");
  }
  const kind = entry.kind === "message" ? "" : ` (${entry.kind})`;
  const call = entry.kind === "message" ? entry.tool_call : null;
  return [
    `## ${who}${kind}`,
    `#${seq} · ${timeText(created_at)}`,
    ...(entry.content === "" ? [] : [quoted(entry.content)]),
    ...(call ? [callText(call)] : []),
  ].join("\n\n");
}

function figureOf({ type, data }: LogEntry): string {
  if (type === "cost") return ` (${data.amount} ${data.currency})`;
  if (type !== "token_usage") return "";
  const { model, turn_id: _, run_id: __, ...buckets } = data;
  const counts = Object.entries(buckets).map(([name, tokens]) => `${name} ${tokens}`);
  return ` (${plain(String(model))}: ${counts.join(", ")})`;
}

function callText({ name, ...rest }: JsonObject): string {
  const what = "result" in rest ? "Result of the tool call" : "Tool call";
  return `${what} **${plain(typeof name === "string" ? name : "tool")}**:\n\n${codeBlock(rest)}`;
}

/** The options of a decision that opens, or the tally of one that closes. */
function decisionParts({ data }: LogEntry): string[] {
  const options = Array.isArray(data.options) ? data.options.map(String) : [];
  if (data.event === "decision.opened") {
    return options.length > 0 ? [options.map((option) => `- ${plain(option)}`).join("\n")] : [];
  }
  if (data.event === "ballot.cast") return [codeBlock(data.choice)];
  if (data.event !== "decision.closed") return [];
  const rows = tallyRows(data.tally, options);
  const { event: _, question, ...outcome } = data;
  const tally = rows.map(({ option, text }) => `| ${plain(option)} | ${plain(text)} |`);
  const table = ["| Option | Tally |", "|---|---|", ...tally].join("\n");
  return [`**${plain(String(question))}**`, rows.length > 0 ? table : codeBlock(outcome)];
}

/** JSON in a fence that is longer than any within it. */
function codeBlock(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence}json\n${text}\n${fence}`;
}

/** Markdown that somebody wrote, which cannot end where it should not. */
function quoted(content: string): string {
  return content
    .split(/\r\n|\n|\r/)
    .map((line) => `> ${line}`.trimEnd())
    .join("\n");
}

/** Text in one line that means nothing to Markdown. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>#|~&]/g, "\\$&");
}

function timeText(at: string): string {
  return `${at.slice(0, 19).replace("T", " ")} UTC`;
}
