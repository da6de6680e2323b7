import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconChartBar, IconDots, IconHistory } from "@tabler/icons-react";
import { Link } from "wouter";
import { useChange } from "../queries.ts";
import { useTimeline } from "./use_timeline.tsx";

interface SessionMenuProps {
  readonly isOwner: boolean;
  readonly status: string | undefined;
  readonly onReplay: () => void;
}

/** What one can do with the whole session. */
export function SessionMenu({ isOwner, status, onReplay }: SessionMenuProps) {
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
          {isOwner && status && (
            <Menu.Item onClick={() => update.mutate({ session_id, status: to })}>
              {to === "archived" ? "Archive" : "Take out of the archive"}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
