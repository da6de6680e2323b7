import { Badge, Tabs } from "@mantine/core";
import type { ComponentProps } from "react";
import type { Comment } from "../../contract/comment.ts";
import { CommentPanel } from "./comment_panel.tsx";
import { DecisionPanel } from "./decision_panel.tsx";
import { everything, type Filter } from "./filters.tsx";
import { PeoplePanel } from "./people_panel.tsx";
import type { Timeline } from "./timeline.ts";
import { useShown } from "./use_shown.ts";
import { useShownState, useTimeline } from "./use_timeline.tsx";

/** What is shown beside the entries. */
export type Panel = "people" | "decisions" | "comments";

interface PanelsProps {
  readonly panel: Panel;
  readonly onPanel: (panel: Panel) => void;
  readonly turns: ComponentProps<typeof DecisionPanel>["turns"];
  readonly isOwner: boolean;
  readonly mayRemark: boolean;
  readonly team_id: string | null;
}

/** Who is here, what was decided, what was remarked. */
export function Panels({ panel, onPanel, turns, isOwner, mayRemark, team_id }: PanelsProps) {
  const timeline = useTimeline();
  const state = useShownState();
  const open = state.decisions.filter(({ status }) => status === "open").length;
  const comments = useComments(timeline);
  return (
    <Tabs value={panel} onChange={(to) => onPanel(to as Panel)} keepMounted={false}>
      <Tabs.List grow mb="md" className="tabs">
        <Tabs.Tab value="people">People</Tabs.Tab>
        <Tabs.Tab
          value="decisions"
          rightSection={
            open > 0 && (
              <Badge size="sm" circle>
                {open}
              </Badge>
            )
          }
        >
          Decisions
        </Tabs.Tab>
        <Tabs.Tab value="comments">Comments</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="people">
        <PeoplePanel isOwner={isOwner} />
      </Tabs.Panel>
      <Tabs.Panel value="decisions">
        <DecisionPanel turns={turns} isOwner={isOwner} team_id={team_id} />
      </Tabs.Panel>
      <Tabs.Panel value="comments">
        <CommentPanel comments={comments} mayRemark={mayRemark} />
      </Tabs.Panel>
    </Tabs>
  );
}

const onlyComments: Filter = { ...everything, kinds: ["comment"] };

function useComments(timeline: Timeline): Comment[] {
  const seqs = useShown(timeline, onlyComments, timeline.head)!;
  return seqs.map((seq) => timeline.at(seq) as Comment);
}
