import { ActionIcon, Badge, Box, Drawer, Group, Indicator, Text, Title } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconLayoutSidebarRight } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { usePageTitle } from "../page_title.ts";
import { markRead } from "../sessions/read_mark.ts";
import { Composer } from "./composer.tsx";
import { Drafts } from "./drafts.tsx";
import { EntryList } from "./entry_list.tsx";
import { everything, type Filter, Filters, isNarrow } from "./filters.tsx";
import { type Panel, Panels } from "./panels.tsx";
import { ReplayBar } from "./replay_bar.tsx";
import { NamesProvider } from "./roster.tsx";
import { SessionMenu } from "./session_menu.tsx";
import { Empty, Failed, Progressing, ReadOnly } from "./standing.tsx";
import { TurnsBar } from "./turns_bar.tsx";
import { Unsent } from "./unsent.tsx";
import { useShown } from "./use_shown.ts";
import { useStanding } from "./use_standing.ts";
import { useTarget } from "./use_target.ts";
import { ReplayContext, TimelineContext, useOpenTimeline, useTimeline } from "./use_timeline.tsx";
import { useWaiting } from "./use_waiting.ts";
import { YourTurn, YourVote } from "./your_turn.tsx";

/** One session, live: its entries, whose turn it is, who is there, and where to write. */
export default function SessionPage({ session_id }: { session_id: string }) {
  const { timeline, reopen } = useOpenTimeline(session_id);
  if (!timeline) return null;
  return (
    <TimelineContext value={timeline}>
      <NamesProvider>
        <SessionView onAgain={reopen} />
      </NamesProvider>
    </TimelineContext>
  );
}

function SessionView({ onAgain }: { onAgain: () => void }) {
  const timeline = useTimeline();
  const { session_id, failure } = timeline;
  const { speak, vote } = useWaiting();
  const standing = useStanding(speak.length + vote.length > 0);
  const { title, status, team_id, isOwner, mayPost, mayDirect, isEmpty } = standing;
  const [panel, setPanel] = useState<Panel>("people");
  const [filter, setFilter] = useState<Filter>(everything);
  const [replayAt, setReplayAt] = useState<number | null>(null);
  const [sideOpen, side] = useDisclosure();
  const isWide = useMediaQuery("(min-width: 1100px)");
  const target = useTarget();
  const goneTo = useRef<number | null>(null);
  const last = replayAt ?? timeline.head;
  const shown = useShown(timeline, filter, last);

  usePageTitle(title);
  useEffect(() => markRead(session_id, timeline.head), [session_id, timeline.head]);

  if (failure) return <Failed failure={failure} onAgain={onAgain} />;
  const isLive = replayAt === null;
  const panels = (
    <Panels
      panel={panel}
      onPanel={setPanel}
      turns={vote}
      isOwner={isOwner}
      mayRemark={mayDirect}
      team_id={mayPost ? team_id : null}
    />
  );
  const showBallot = () => {
    setPanel("decisions");
    if (!isWide) side.open();
  };
  const isBallotShown = isWide && panel === "decisions";
  return (
    <ReplayContext value={replayAt}>
      <div className="session">
        <div className="session-main">
          <Group className="session-head" px="md" py={8} justify="space-between" wrap="nowrap">
            <Group gap="xs" wrap="nowrap" style={{ minWidth: 0 }}>
              <Title order={1} size="h4" className="ellipsis">
                {title}
              </Title>
              {status && (
                <Badge
                  variant="light"
                  color={status === "active" ? "green" : "gray"}
                  style={{ flexShrink: 0 }}
                >
                  {status}
                </Badge>
              )}
            </Group>
            <Group gap={6} wrap="nowrap">
              <Box visibleFrom="xs">
                <Filters filter={filter} onFilter={setFilter} />
              </Box>
              <SessionMenu isOwner={isOwner} status={status} onReplay={() => setReplayAt(1)} />
              {!isWide && (
                <Indicator disabled={vote.length === 0} size={10} withBorder>
                  <ActionIcon
                    variant="default"
                    size="md"
                    aria-label="People, decisions and comments"
                    onClick={side.open}
                  >
                    <IconLayoutSidebarRight size={16} />
                  </ActionIcon>
                </Indicator>
              )}
            </Group>
          </Group>
          <Box hiddenFrom="xs" px="md" py={8}>
            <Filters filter={filter} onFilter={setFilter} />
          </Box>
          <TurnsBar mayDirect={mayDirect && isLive} />
          <Progressing />
          {timeline.head === 0 && isEmpty && <Empty mayDirect={mayDirect} />}
          {shown?.length === 0 && timeline.folded === timeline.head && (
            <Text p="md" c="dimmed">
              No entry passes the filter.
            </Text>
          )}
          <EntryList
            key={isNarrow(filter) ? "narrow" : isLive ? "live" : "replay"}
            shown={shown}
            last={last}
            target={target}
            goneTo={goneTo}
          />
          {isLive ? (
            <>
              <Drafts />
              <Unsent place="composer" turn={speak[0]} />
              {mayPost && vote[0] && !isBallotShown && (
                <YourVote turn={vote[0]} onShow={showBallot} />
              )}
              {mayPost && speak[0] && <YourTurn key={speak[0].id} turn={speak[0]} />}
              {mayPost && (
                <Composer
                  turn={speak[0]}
                  kind={team_id && mayDirect ? "prompt" : "message"}
                  kinds={mayDirect ? ["prompt", "message", "comment"] : ["message"]}
                />
              )}
              {status && !mayPost && <ReadOnly status={status} />}
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
            opened={sideOpen}
            onClose={side.close}
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
