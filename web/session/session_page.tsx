import {
  ActionIcon,
  Alert,
  Anchor,
  Badge,
  Box,
  Button,
  Drawer,
  Group,
  Menu,
  Progress,
  Stack,
  Tabs,
  Text,
  Title,
} from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconChartBar, IconDots, IconHistory, IconLayoutSidebarRight } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import type { Comment } from "../../contract/comment.ts";
import { useConnection } from "../connection.tsx";
import { usePageTitle } from "../page_title.ts";
import { useChange, useList, useRead } from "../queries.ts";
import { markRead } from "../sessions/read_mark.ts";
import { CommentPanel } from "./comment_panel.tsx";
import { Composer } from "./composer.tsx";
import { DecisionPanel } from "./decision_panel.tsx";
import { Drafts } from "./drafts.tsx";
import { EntryList } from "./entry_list.tsx";
import { everything, type Filter, Filters, isNarrow } from "./filters.tsx";
import { PeoplePanel } from "./people_panel.tsx";
import { ReplayBar } from "./replay_bar.tsx";
import { NamesProvider } from "./roster.tsx";
import type { Timeline } from "./timeline.ts";
import { TurnsBar } from "./turns_bar.tsx";
import { useShown } from "./use_shown.ts";
import { useTarget } from "./use_target.ts";
import { TimelineContext, useOpenTimeline, useTimeline } from "./use_timeline.tsx";

/** One session, live: its entries, whose turn it is, who is there, and where to write. */
export function SessionPage({ session_id }: { session_id: string }) {
  const timeline = useOpenTimeline(session_id);
  if (!timeline) return null;
  return (
    <TimelineContext value={timeline}>
      <NamesProvider>
        <SessionView />
      </NamesProvider>
    </TimelineContext>
  );
}

function SessionView() {
  const timeline = useTimeline();
  const { session_id, failure } = timeline;
  const { me } = useConnection();
  const session = useRead("session.get", { session_id });
  const members = useList("session.list_members", { session_id });
  const waiting = useRead("me.list_turns", {}, { every: 2_000 });
  const [filter, setFilter] = useState<Filter>(everything);
  const [replayAt, setReplayAt] = useState<number | null>(null);
  const [panelOpen, panel] = useDisclosure();
  const isWide = useMediaQuery("(min-width: 1100px)");
  const target = useTarget();
  const last = replayAt ?? timeline.head;
  const shown = useShown(timeline, filter, last);

  const title = timeline.state.title ?? session.data?.title ?? "Session";
  usePageTitle(title);
  useEffect(() => markRead(session_id, timeline.head), [session_id, timeline.head]);

  if (failure) return <Failed message={failure.message} />;
  const role = members.data?.find(({ user_id }) => user_id === me.id)?.role ?? "participant";
  const status = timeline.state.status ?? session.data?.status ?? "active";
  const mayPost = role !== "observer" && status !== "archived" && me.scope !== "read";
  const turns = (waiting.data?.data ?? []).filter((turn) => turn.session_id === session_id);
  const team_id = mayPost ? (session.data?.team_id ?? null) : null;
  const panels = <Panels turns={turns} role={role} mayPost={mayPost} team_id={team_id} />;
  return (
    <div className="session">
      <div className="session-main">
        <Group className="session-head" px="md" py={8} justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap" style={{ minWidth: 0 }}>
            <Title order={1} size="h4" className="ellipsis">
              {title}
            </Title>
            <Badge
              variant="light"
              color={status === "active" ? "green" : "gray"}
              style={{ flexShrink: 0 }}
            >
              {status}
            </Badge>
          </Group>
          <Group gap={6} wrap="nowrap">
            <Box visibleFrom="xs">
              <Filters filter={filter} onFilter={setFilter} />
            </Box>
            <SessionMenu
              isOwner={role === "owner"}
              status={status}
              onReplay={() => setReplayAt(Math.max(1, Math.min(timeline.folded, 1)))}
            />
            {!isWide && (
              <ActionIcon
                variant="default"
                size="md"
                aria-label="People, decisions and comments"
                onClick={panel.open}
              >
                <IconLayoutSidebarRight size={16} />
              </ActionIcon>
            )}
          </Group>
        </Group>
        <Box hiddenFrom="xs" px="md" pb={8}>
          <Filters filter={filter} onFilter={setFilter} />
        </Box>
        <TurnsBar mayPost={mayPost} />
        <Progressing />
        {timeline.head === 0 && session.data?.head_seq === 0 && <Empty mayPost={mayPost} />}
        {shown?.length === 0 && timeline.folded === timeline.head && (
          <Text p="md" c="dimmed">
            No entry passes the filter.
          </Text>
        )}
        <EntryList
          key={isNarrow(filter) ? "narrow" : replayAt === null ? "live" : "replay"}
          shown={shown}
          last={last}
          target={target}
        />
        {replayAt === null ? (
          <>
            <Drafts />
            {mayPost && session.data && (
              <Composer
                turns={turns.filter(({ purpose }) => purpose === "speak")}
                kind={session.data.team_id ? "prompt" : "message"}
              />
            )}
            {!mayPost && <ReadOnly status={status} />}
          </>
        ) : (
          <ReplayBar at={replayAt} onAt={setReplayAt} onEnd={() => setReplayAt(null)} />
        )}
      </div>
      {isWide ? (
        <aside className="session-side" aria-label="About this session">
          {panels}
        </aside>
      ) : (
        <Drawer
          opened={panelOpen}
          onClose={panel.close}
          position="right"
          title="About this session"
        >
          {panels}
        </Drawer>
      )}
    </div>
  );
}

interface PanelsProps {
  readonly turns: React.ComponentProps<typeof DecisionPanel>["turns"];
  readonly role: string;
  readonly mayPost: boolean;
  readonly team_id: string | null;
}

function Panels({ turns, role, mayPost, team_id }: PanelsProps) {
  const timeline = useTimeline();
  const open = timeline.state.decisions.filter(({ status }) => status === "open").length;
  const comments = useComments(timeline);
  return (
    <Tabs defaultValue="people" keepMounted={false}>
      <Tabs.List grow mb="md" className="tabs">
        <Tabs.Tab value="people">People</Tabs.Tab>
        <Tabs.Tab value="decisions" rightSection={open > 0 && <Badge size="xs">{open}</Badge>}>
          Decisions
        </Tabs.Tab>
        <Tabs.Tab value="comments">Comments</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="people">
        <PeoplePanel isOwner={role === "owner"} />
      </Tabs.Panel>
      <Tabs.Panel value="decisions">
        <DecisionPanel
          turns={turns.filter(({ purpose }) => purpose === "ballot")}
          isOwner={role === "owner"}
          team_id={team_id}
        />
      </Tabs.Panel>
      <Tabs.Panel value="comments">
        <CommentPanel comments={comments} mayPost={mayPost} />
      </Tabs.Panel>
    </Tabs>
  );
}

const onlyComments: Filter = { ...everything, kinds: ["comment"] };

function useComments(timeline: Timeline): Comment[] {
  const seqs = useShown(timeline, onlyComments, timeline.head)!;
  return seqs.map((seq) => timeline.at(seq) as Comment);
}

/** What the page still has to get, and whether it reaches the server at all. */
function Progressing() {
  const { folded, head, behind } = useTimeline();
  const { online } = useConnection();
  const reading = folded < head && behind === 0;
  return (
    <div role="status">
      {!online && (
        <Alert color="yellow" radius={0} py={6}>
          Offline, retrying. What you see is as of the last connection; nothing is lost.
        </Alert>
      )}
      {online && behind > 0 && (
        <Text size="sm" px="md" py={4}>
          You are {behind} entries behind, catching up…
        </Text>
      )}
      {reading && (
        <Progress
          radius={0}
          size={3}
          value={(100 * folded) / head}
          aria-label={`Reading the past: ${Math.floor((100 * folded) / head)}%`}
        />
      )}
    </div>
  );
}

function Empty({ mayPost }: { mayPost: boolean }) {
  return (
    <Stack p="xl" gap={4} align="center">
      <Text fw={600}>Nothing has happened here yet</Text>
      <Text c="dimmed" ta="center">
        {mayPost
          ? "Write a prompt below: in a session with a team it opens the first turn."
          : "Entries appear here as soon as there are some."}
      </Text>
    </Stack>
  );
}

function ReadOnly({ status }: { status: string }) {
  return (
    <Text size="sm" c="dimmed" p="md" className="composer">
      {status === "archived"
        ? "This session is archived: it can be read, and takes nothing more."
        : "You follow this session as an observer: you can read and export it."}
    </Text>
  );
}

function Failed({ message }: { message: string }) {
  return (
    <Stack p="xl" align="flex-start">
      <Title order={1} size="h3">
        This session cannot be shown
      </Title>
      <Text>{message}</Text>
      <Anchor component={Link} href="/" underline="always">
        To your sessions
      </Anchor>
    </Stack>
  );
}

interface SessionMenuProps {
  readonly isOwner: boolean;
  readonly status: string;
  readonly onReplay: () => void;
}

function SessionMenu({ isOwner, status, onReplay }: SessionMenuProps) {
  const { session_id, head } = useTimeline();
  const update = useChange("session.update");
  const to = status === "archived" ? "active" : "archived";
  return (
    <>
      <Button
        component={Link}
        href={`/sessions/${session_id}/insight`}
        size="xs"
        variant="default"
        leftSection={<IconChartBar size={14} aria-hidden />}
        visibleFrom="md"
      >
        Insight
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size="md" aria-label="More">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconHistory size={14} />}
            disabled={head === 0}
            onClick={onReplay}
          >
            Replay from the beginning
          </Menu.Item>
          <Menu.Item
            component={Link}
            href={`/sessions/${session_id}/insight`}
            leftSection={<IconChartBar size={14} />}
          >
            Insight and export
          </Menu.Item>
          {isOwner && (
            <Menu.Item onClick={() => update.mutate({ session_id, status: to })}>
              {to === "archived" ? "Archive" : "Take out of the archive"}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
