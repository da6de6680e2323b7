import { ActionIcon, Badge, Box, Drawer, Group, Text, Title } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconLayoutSidebarRight } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useConnection } from "../connection.tsx";
import { usePageTitle } from "../page_title.ts";
import { useList, useRead } from "../queries.ts";
import { markRead } from "../sessions/read_mark.ts";
import { Composer } from "./composer.tsx";
import { Drafts } from "./drafts.tsx";
import { EntryList } from "./entry_list.tsx";
import { everything, type Filter, Filters, isNarrow } from "./filters.tsx";
import { Panels } from "./panels.tsx";
import { ReplayBar } from "./replay_bar.tsx";
import { NamesProvider } from "./roster.tsx";
import { SessionMenu } from "./session_menu.tsx";
import { Empty, Failed, Progressing, ReadOnly } from "./standing.tsx";
import { TurnsBar } from "./turns_bar.tsx";
import { useShown } from "./use_shown.ts";
import { useTarget } from "./use_target.ts";
import { ReplayContext, TimelineContext, useOpenTimeline, useTimeline } from "./use_timeline.tsx";

/** One session, live: its entries, whose turn it is, who is there, and where to write. */
export default function SessionPage({ session_id }: { session_id: string }) {
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
  const waiting = useRead("me.list_turns", {}, { every: 5_000 });
  // Whoever is waited for is told at once, and not when the next look is due.
  const { refetch } = waiting;
  const open_turns = Object.keys(timeline.state.open_turns).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a turn was opened or closed
  useEffect(() => {
    void refetch();
  }, [open_turns, refetch]);
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
    <ReplayContext value={replayAt}>
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
                onReplay={() => setReplayAt(1)}
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
          <TurnsBar mayPost={mayPost && replayAt === null} />
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
    </ReplayContext>
  );
}
