import type { Client } from "../../client/index.ts";
import type { Entry } from "../../contract/entry.ts";
import type { Session } from "../../contract/session.ts";
import { markdownHead, markdownOf } from "./markdown_export.ts";
import { Speakers } from "./speakers.ts";

/** How a session is written: for programs, or for people. */
export type ExportFormat = "jsonl" | "markdown";

interface ExportOptions {
  readonly signal: AbortSignal;
  /** Called after every page with how many entries are written, of how many. */
  readonly onProgress: (done: number, total: number) => void;
}

/** Few enough that a page of them does not hold up who scrolls. */
const PAGE = 500;

const formats = {
  jsonl: { type: "application/jsonl", ending: "jsonl", head: jsonHead, body: jsonLines },
  markdown: {
    type: "text/markdown;charset=utf-8",
    ending: "md",
    head: markdownHead,
    body: markdownOf,
  },
} as const;

/**
 * Writes a session to a file, page by page, up to the newest entry there is when it is reached.
 * @param format `jsonl` as `taskmaster export` writes it and `taskmaster replay` reads it, or a
 *   transcript as `markdown`
 * @returns the file and a name for it
 * @throws CommandError not_found; AbortError when it was given up
 */
export async function exportSession(
  client: Client,
  session_id: string,
  format: ExportFormat,
  { signal, onProgress }: ExportOptions,
): Promise<{ file: Blob; name: string }> {
  const { type, ending, head, body } = formats[format];
  const session = await client.command("session.get", { session_id });
  const speakers = await Speakers.of(client, session_id);
  const parts: string[] = [];
  let done = 0;
  for (let more = true; more; ) {
    const page = await client.command("stream.read", { session_id, after: done, limit: PAGE });
    signal.throwIfAborted();
    await speakers.hear(page.entries);
    parts.push(body(page.entries, speakers.names()));
    done = page.entries.at(-1)?.seq ?? done;
    onProgress(done, page.head_seq);
    more = page.has_more;
  }
  const file = new Blob([head(session, speakers), ...parts], { type });
  return { file, name: `${fileNameOf(session)}.${ending}` };
}

/** The first line, which ExportHeader of the command line's export_file.ts reads. */
function jsonHead(session: Session, speakers: Speakers): string {
  const { agents, agent } = speakers.names();
  const ids = new Set([...(session.agent_ids ?? []), ...speakers.agent_ids]);
  const header = {
    taskmaster_export: 1,
    session,
    agents: [...ids].map((id) => {
      const { type = "custom", role = "" } = agents.get(id) ?? {};
      return { id, name: agent(id).name, type, role };
    }),
    exported_at: new Date().toISOString(),
  };
  return jsonLine(header);
}

function jsonLines(entries: readonly Entry[]): string {
  return entries.map(jsonLine).join("");
}

function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function fileNameOf({ title, id }: Session): string {
  const words = title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60);
  return `${words.replace(/^-|-$/g, "") || "session"}-${id.slice(-6)}`;
}
