import "@mantine/charts/styles.css";
import "./insight.css";
import { Anchor, Group, Progress, Stack, Text, Title } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { type ReactNode, useRef } from "react";
import { Link } from "wouter";
import { useRead } from "../queries.ts";
import { NamesProvider } from "../session/roster.tsx";
import { Failed } from "../session/standing.tsx";
import type { Timeline } from "../session/timeline.ts";
import { TimelineContext, useOpenTimeline } from "../session/use_timeline.tsx";
import { AgentCharts } from "./agent_charts.tsx";
import { Conversation } from "./conversation.tsx";
import { ExportPanel } from "./export_panel.tsx";
import { InTurn } from "./in_turn.tsx";
import { RunTable } from "./run_table.tsx";
import { TimeCharts } from "./time_charts.tsx";
import { TotalsPanel } from "./totals_panel.tsx";
import { type Past, useGathered } from "./use_gathered.ts";

/** What a session took: tokens, cost, turns, and who spoke to whom. */
export default function Insight({ session_id }: { session_id: string }) {
  const { timeline, reopen } = useOpenTimeline(session_id);
  if (!timeline) return null;
  return (
    <TimelineContext value={timeline}>
      <NamesProvider>
        <InsightView timeline={timeline} onAgain={reopen} />
      </NamesProvider>
    </TimelineContext>
  );
}

function InsightView({ timeline, onAgain }: { timeline: Timeline; onAgain: () => void }) {
  const { session_id } = timeline;
  const past = useGathered(timeline);
  const session = useRead("session.get", { session_id });
  const wasRead = useRef(false);
  const failure = past?.failure ?? session.error;
  if (failure) return <Failed failure={failure} onAgain={onAgain} />;
  const title = past?.state.title ?? session.data?.title ?? "";
  const head = Math.max(past?.head ?? 0, session.data?.head_seq ?? 0);
  // What arrives later is drawn as it comes.
  wasRead.current ||= session.data !== undefined && past !== null && past.folded >= head;
  return (
    <Stack className="insight" gap="lg">
      <div>
        <Anchor component={Link} href={`/sessions/${session_id}`} size="sm">
          <Group component="span" gap={4} display="inline-flex">
            <IconArrowLeft size={14} aria-hidden /> Back to the session
          </Group>
        </Anchor>
        <Title order={1} size="h3" className="written">
          Insight: {title}
        </Title>
      </div>
      {past && wasRead.current ? (
        head === 0 ? (
          <Empty />
        ) : (
          <Sections past={past} />
        )
      ) : (
        <Reading share={head === 0 ? 0 : (past?.folded ?? 0) / head} />
      )}
    </Stack>
  );
}

function Sections({ past }: { past: Past }) {
  const parts: readonly (readonly [id: string, title: string, shown: ReactNode])[] = [
    ["totals", "Totals", <TotalsPanel key="totals" past={past} />],
    ["agents", "By agent", <AgentCharts key="agents" past={past} />],
    ["time", "Over time", <TimeCharts key="time" past={past} />],
    ["runs", "Runs", <RunTable key="runs" past={past} />],
    ["conversation", "Who spoke to whom", <Conversation key="conversation" past={past} />],
    ["export", "Export", <ExportPanel key="export" session_id={past.state.session_id} />],
  ];
  return (
    <>
      <Group component="nav" gap="md" aria-label="On this page">
        {parts.map(([id, title]) => (
          <Anchor key={id} href={`#${id}`} size="sm" underline="always">
            {title}
          </Anchor>
        ))}
      </Group>
      {parts.map(([id, title, shown]) => (
        <section key={id} id={id} aria-label={title}>
          <Title order={2} size="h4" mb="sm">
            {title}
          </Title>
          <InTurn>{shown}</InTurn>
        </section>
      ))}
    </>
  );
}

function Empty() {
  return (
    <div>
      <Text fw={600}>Nothing has happened here yet</Text>
      <Text c="dimmed">
        Totals, charts of tokens, cost and turns, a diagram of who spoke to whom, and the export
        appear here with the first entry.
      </Text>
    </div>
  );
}

function Reading({ share }: { share: number }) {
  const percent = Math.floor(100 * share);
  return (
    <div>
      <Text role="status" mb={6}>
        Reading the past… {percent}%
      </Text>
      <Progress value={percent} aria-label="Reading the past" />
    </div>
  );
}
