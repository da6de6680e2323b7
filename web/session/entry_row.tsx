import { Code, Skeleton } from "@mantine/core";
import {
  IconAbacus,
  IconAlertOctagon,
  IconAlertTriangle,
  IconCoin,
  IconInfoCircle,
  IconScale,
} from "@tabler/icons-react";
import { memo } from "react";
import type { Entry } from "../../contract/entry.ts";
import type { LogEntry } from "../../contract/log_entry.ts";
import { Written } from "./markdown.tsx";
import { type Names, type Speaker, useNames } from "./roster.tsx";
import { ToolCall } from "./tool_call.tsx";
import { When } from "./when.tsx";

interface EntryRowProps {
  readonly seq: number;
  /** Undefined while it is being read. */
  readonly entry: Entry | undefined;
  /** Whether the address names it. */
  readonly marked: boolean;
}

/** One entry of the timeline. */
export const EntryRow = memo(function EntryRow({ seq, entry, marked }: EntryRowProps) {
  const names = useNames();
  if (!entry) {
    return (
      <div className="entry" aria-busy="true">
        <Skeleton height={18} width="60%" />
      </div>
    );
  }
  const className = `entry entry-${entry.kind}${marked ? " entry-marked" : ""}`;
  return (
    <article className={className} data-seq={seq} aria-label={labelOf(entry, names)}>
      {entry.kind === "log_entry" ? (
        <LogLine entry={entry} names={names} />
      ) : (
        <Said entry={entry} speaker={names.speakerOf(entry)!} />
      )}
    </article>
  );
});

function labelOf(entry: Entry, names: Names): string {
  return `${entry.seq}, ${entry.kind.replace("_", " ")} by ${names.speakerOf(entry)?.name ?? "Taskmaster"}`;
}

// Many rows come and go while one scrolls and while entries pour in, so that they are plain elements.

/** The number of an entry, which is also the link to it. */
export function Seq({ seq }: { seq: number }) {
  return (
    <a href={`#${seq}`} className="seq" aria-label={`#${seq}, link to this entry`}>
      #{seq}
    </a>
  );
}

const kinds = { message: null, prompt: "Prompt", comment: "Comment" } as const;

function Said({ entry, speaker }: { entry: Exclude<Entry, LogEntry>; speaker: Speaker }) {
  const kind = kinds[entry.kind];
  const tool_call = entry.kind === "message" ? entry.tool_call : null;
  return (
    <>
      <Face speaker={speaker} />
      <div className="entry-body">
        <div className="entry-head">
          <span className="speaker" style={{ color: inkOf(speaker) }}>
            {speaker.name}
          </span>
          {kind && <span className="entry-kind">{kind}</span>}
          {speaker.role && <span className="entry-role">{speaker.role}</span>}
          <When at={entry.created_at} />
          <Seq seq={entry.seq} />
        </div>
        {entry.content !== "" && <Written text={entry.content} />}
        {tool_call && <ToolCall call={tool_call} />}
      </div>
    </>
  );
}

/** The colour of a speaker's name, readable in both themes. */
export function inkOf({ color }: Speaker): string {
  return `var(--mantine-color-${color}-light-color)`;
}

/** A speaker's picture: their initials in their colour, round for people. */
export function Face({ speaker, size = 34 }: { speaker: Speaker; size?: number }) {
  const words = speaker.name.split(/\s+/).filter(Boolean);
  const initials =
    words.length > 1
      ? words.slice(0, 2).map((word) => [...word][0])
      : [...speaker.name].slice(0, 2);
  const background = `var(--mantine-color-${speaker.color}-light)`;
  const font = { fontSize: size * 0.38 };
  return (
    <span
      aria-hidden
      className={speaker.isPerson ? "face face-person" : "face"}
      style={{ width: size, height: size, background, color: inkOf(speaker), ...font }}
    >
      {initials.join("").toUpperCase()}
    </span>
  );
}

const logLooks = {
  info: { icon: IconInfoCircle, color: "blue" },
  warning: { icon: IconAlertTriangle, color: "yellow" },
  error: { icon: IconAlertOctagon, color: "red" },
  action: null,
  decision: { icon: IconScale, color: "violet" },
  cost: { icon: IconCoin, color: "gray" },
  token_usage: { icon: IconAbacus, color: "gray" },
} as const;

function LogLine({ entry, names }: { entry: LogEntry; names: Names }) {
  const look = logLooks[entry.type];
  const speaker = names.speakerOf(entry);
  const { event: _, ...data } = entry.data;
  return (
    <>
      <span className="entry-icon">
        {look && (
          <look.icon
            size={16}
            aria-hidden
            style={{ color: `var(--mantine-color-${look.color}-light-color)` }}
          />
        )}
      </span>
      <details className="fold entry-body">
        <summary>
          {look && <strong>{entry.type.replace("_", " ")} </strong>}
          {speaker && !entry.message.startsWith(speaker.name) && `${speaker.name}: `}
          {entry.message} {figureOf(entry)}
        </summary>
        <Code block tabIndex={0} className="json">
          {JSON.stringify(data, null, 2)}
        </Code>
      </details>
      <span className="entry-when">
        <When at={entry.created_at} />
      </span>
      <Seq seq={entry.seq} />
    </>
  );
}

function figureOf({ type, data }: LogEntry): string {
  if (type === "cost") return `(${data.amount} ${data.currency})`;
  if (type === "token_usage") return `(${data.input} in, ${data.output} out, ${data.model})`;
  return "";
}
