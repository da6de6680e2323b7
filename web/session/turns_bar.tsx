import { Button, Group, Menu, Paper, Text, VisuallyHidden } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import type { RunState, TurnState } from "../../client/index.ts";
import { useConnection } from "../connection.tsx";
import { useChange } from "../queries.ts";
import { Face, inkOf } from "./entry_row.tsx";
import { useNames } from "./roster.tsx";
import { useShownMoment, useShownState, useTimeline } from "./use_timeline.tsx";
import { duration } from "./when.tsx";

/** Whose turn it is, since when and until when; and the run, which can be paused and stopped. */
export function TurnsBar({ mayDirect }: { mayDirect: boolean }) {
  const state = useShownState();
  const run = state.runs.at(-1);
  const names = useNames();
  const open = state.open_turns;
  const { online } = useConnection();
  if (!run && open.length === 0) return null;
  return (
    <Paper className="turns-bar" px="md" py={6} radius={0} aria-label="Turns" component="section">
      <Group justify="space-between" gap="xs">
        {/* The seconds would be read out every second. */}
        <VisuallyHidden role="status">
          {open.map(({ agent_id, purpose }) => `${names.agent(agent_id).name} ${mayDo[purpose]}. `)}
        </VisuallyHidden>
        <Group gap="md">
          {open.map((turn) => (
            <HeldTurn key={turn.turn_id} turn={turn} />
          ))}
          <Text size="sm" role="status">
            {run && standingOf(run, open.length > 0)}
          </Text>
        </Group>
        {run && run.status !== "stopped" && mayDirect && (
          <RunControls run_id={run.run_id} status={run.status} disabled={!online} />
        )}
      </Group>
    </Paper>
  );
}

/** What to say of a run beside the turns that are open; null where they say it all. */
function standingOf({ status, stop }: RunState, isTurnOpen: boolean): string | null {
  if (status === "paused") return "The run is paused";
  if (isTurnOpen) return null;
  return status === "stopped" ? `The run stopped: ${stop?.reason ?? ""}` : "Nobody has the turn";
}

const mayDo = { speak: "has the turn", ballot: "may vote" } as const;

function HeldTurn({ turn }: { turn: TurnState }) {
  const speaker = useNames().agent(turn.agent_id);
  const now = useShownMoment();
  const since = duration(now - Date.parse(turn.opened_at));
  const left = turn.deadline_at && Date.parse(turn.deadline_at) - now;
  return (
    <Group gap={8} wrap="nowrap">
      <Face speaker={speaker} size={24} />
      <Text size="sm">
        <span style={{ color: inkOf(speaker), fontWeight: 600 }}>{speaker.name}</span>{" "}
        {turn.purpose === "ballot"
          ? `was asked to vote ${since} ago`
          : `has had the turn for ${since}`}
        {left && (left > 0 ? `, ${duration(left)} left` : ", time is over")}
      </Text>
    </Group>
  );
}

function RunControls({
  run_id,
  status,
  disabled,
}: {
  run_id: string;
  status: string;
  disabled: boolean;
}) {
  const { session_id } = useTimeline();
  const pause = useChange("run.pause");
  const resume = useChange("run.resume");
  const stop = useChange("run.stop");
  const one = { session_id, run_id };
  return (
    <Group gap={6}>
      {status === "paused" ? (
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          disabled={disabled}
          loading={resume.isPending}
          onClick={() => resume.mutate(one)}
        >
          Resume
        </Button>
      ) : (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlayerPause size={14} aria-hidden />}
          disabled={disabled}
          loading={pause.isPending}
          onClick={() => pause.mutate(one)}
        >
          Pause
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            size="compact-sm"
            color="red"
            variant="light"
            leftSection={<IconPlayerStop size={14} aria-hidden />}
            disabled={disabled}
            loading={stop.isPending}
          >
            Stop
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => stop.mutate(one)}>After the open turns</Menu.Item>
          <Menu.Item color="red" onClick={() => stop.mutate({ ...one, now: true })}>
            Now, cancelling open turns
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
