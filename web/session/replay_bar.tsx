import { ActionIcon, Button, Group, Paper, Select, Slider, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTimeline } from "./use_timeline.tsx";
import { When } from "./when.tsx";

/** Times as fast as it happened; `0` shows an entry each tick, however long it took. */
const speeds = [
  { value: "1", label: "as it was" },
  { value: "4", label: "4 times as fast" },
  { value: "20", label: "20 times as fast" },
  { value: "100", label: "100 times as fast" },
  { value: "0", label: "entry by entry" },
];

const TICK_MS = 100;
/** Nobody watches a night of silence: no pause is longer. */
const LONGEST_PAUSE_MS = 3_000;

interface ReplayBarProps {
  /** The newest entry shown. */
  readonly at: number;
  readonly onAt: (at: number) => void;
  readonly onEnd: () => void;
}

/** A slider through the session's past, and what plays it again. */
export function ReplayBar({ at, onAt, onEnd }: ReplayBarProps) {
  const timeline = useTimeline();
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState("4");
  const entry = timeline.at(at);
  const next = timeline.at(at + 1);

  useEffect(() => {
    if (!playing) return;
    if (!entry || !next) {
      setPlaying(false);
      return;
    }
    const gap = Date.parse(next.created_at) - Date.parse(entry.created_at);
    const pause = speed === "0" ? TICK_MS : Math.min(gap / Number(speed), LONGEST_PAUSE_MS);
    const timer = setTimeout(() => onAt(at + 1), pause);
    return () => clearTimeout(timer);
  }, [playing, speed, at, entry, next, onAt]);

  return (
    <Paper component="section" aria-label="Replay" p="sm" radius={0} className="replay">
      <Group gap="sm" wrap="nowrap">
        <ActionIcon
          aria-label={playing ? "Pause the replay" : "Play"}
          onClick={() => setPlaying(!playing)}
        >
          {playing ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
        </ActionIcon>
        <Slider
          style={{ flex: 1 }}
          thumbLabel="Entry"
          min={1}
          max={Math.max(timeline.folded, 1)}
          value={at}
          onChange={(seq) => {
            setPlaying(false);
            onAt(seq);
          }}
        />
        <Select
          size="xs"
          w={150}
          aria-label="Speed"
          allowDeselect={false}
          data={speeds}
          value={speed}
          onChange={(value) => setSpeed(value!)}
          visibleFrom="sm"
        />
        <Button size="xs" variant="default" onClick={onEnd}>
          Back to live
        </Button>
      </Group>
      <Text size="xs" c="dimmed" mt={4}>
        Entry {at} of {timeline.head}
        {entry && (
          <>
            , <When at={entry.created_at} />
          </>
        )}
      </Text>
    </Paper>
  );
}
