import { Anchor, Avatar, Badge, Code, Group, Skeleton, Text } from "@mantine/core";
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

/** The number of an entry, which is also the link to it. */
export function Seq({ seq }: { seq: number }) {
  return (
    <Anchor
      href={`#${seq}`}
      size="xs"
      c="dimmed"
      className="seq"
      aria-label={`Link to entry ${seq}`}
    >
      #{seq}
    </Anchor>
  );
}

const kinds = {
  message: null,
  prompt: { label: "Prompt", color: "indigo" },
  comment: { label: "Comment", color: "yellow" },
} as const;

function Said({ entry, speaker }: { entry: Exclude<Entry, LogEntry>; speaker: Speaker }) {
  const kind = kinds[entry.kind];
  const tool_call = entry.kind === "message" ? entry.tool_call : null;
  return (
    <>
      <Face speaker={speaker} />
      <div className="entry-body">
        <Group gap={8} wrap="wrap">
          <Text component="span" fw={600} style={{ color: inkOf(speaker) }}>
            {speaker.name}
          </Text>
          {kind && (
            <Badge size="xs" variant="light" color={kind.color}>
              {kind.label}
            </Badge>
          )}
          {speaker.role && (
            <Text component="span" size="xs" c="dimmed" truncate maw={260} visibleFrom="sm">
              {speaker.role}
            </Text>
          )}
          <Text component="span" size="xs" c="dimmed">
            <When at={entry.created_at} />
          </Text>
          <Seq seq={entry.seq} />
        </Group>
        {entry.content !== "" && <Written text={entry.content} />}
        {tool_call && <ToolCall call={tool_call} />}
      </div>
    </>
  );
}

/** The colour of a speaker's name, readable in both themes. */
export function inkOf(speaker: Speaker): string {
  return `var(--mantine-color-${speaker.color}-light-color)`;
}

/** A speaker's picture: their initials in their colour. */
export function Face({ speaker, size = 34 }: { speaker: Speaker; size?: number }) {
  return (
    <Avatar
      aria-hidden
      size={size}
      radius={speaker.isPerson ? "xl" : "md"}
      color={speaker.color}
      name={speaker.name}
    />
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
          <Text component="span" size="sm" c="dimmed">
            {look && <strong>{entry.type.replace("_", " ")} </strong>}
            {speaker && !entry.message.startsWith(speaker.name) && `${speaker.name}: `}
            {entry.message} {figureOf(entry)}
          </Text>
        </summary>
        <Code block tabIndex={0} className="json">
          {JSON.stringify(data, null, 2)}
        </Code>
      </details>
      <Text component="span" size="xs" c="dimmed" className="entry-when">
        <When at={entry.created_at} />
      </Text>
      <Seq seq={entry.seq} />
    </>
  );
}

function figureOf({ type, data }: LogEntry): string {
  if (type === "cost") return `(${data.amount} ${data.currency})`;
  if (type === "token_usage") return `(${data.input} in, ${data.output} out, ${data.model})`;
  return "";
}
