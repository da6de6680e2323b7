import { Button } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { Virtuoso, type VirtuosoHandle } from "react-virtuoso";
import { EntryRow } from "./entry_row.tsx";
import { useTimeline } from "./use_timeline.tsx";

interface EntryListProps {
  /** The numbers shown, or null for all up to `last`. */
  readonly shown: readonly number[] | null;
  /** The newest number shown: the head, or where the replay stands. */
  readonly last: number;
  /** The number that the address names; the list goes there. */
  readonly target: number | null;
}

/** The entries, of which only those in sight are in the page. Stays at the newest unless one scrolls up. */
export function EntryList({ shown, last, target }: EntryListProps) {
  const timeline = useTimeline();
  const list = useRef<VirtuosoHandle>(null);
  const [atEnd, setAtEnd] = useState(true);
  const count = shown ? shown.length : last;
  const seqAt = useCallback((index: number) => (shown ? shown[index]! : index + 1), [shown]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: goes there when the address changes, not when entries arrive
  useEffect(() => {
    if (target === null || target > count) return;
    const index = shown ? shown.indexOf(target) : target - 1;
    if (index < 0) return;
    timeline.need(target - 50, target + 50);
    list.current?.scrollToIndex({ index, align: "center" });
  }, [target, count > 0]);

  if (count === 0) return null;
  return (
    <div className="entries">
      <Virtuoso
        ref={list}
        role="feed"
        aria-label="Entries"
        tabIndex={0}
        totalCount={count}
        computeItemKey={seqAt}
        defaultItemHeight={64}
        initialTopMostItemIndex={
          target !== null && target <= count
            ? { index: target - 1, align: "center" }
            : { index: count - 1, align: "end" }
        }
        followOutput={(isAtBottom) => isAtBottom}
        atBottomThreshold={60}
        atBottomStateChange={setAtEnd}
        increaseViewportBy={300}
        rangeChanged={({ startIndex, endIndex }) =>
          timeline.need(seqAt(startIndex) - 20, seqAt(Math.min(endIndex, count - 1)) + 20)
        }
        itemContent={(index) => {
          const seq = seqAt(index);
          return <EntryRow seq={seq} entry={timeline.at(seq)} marked={seq === target} />;
        }}
      />
      {!atEnd && (
        <Button
          className="to-newest"
          size="xs"
          radius="xl"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={() => list.current?.scrollToIndex({ index: count - 1, align: "end" })}
        >
          Newest
        </Button>
      )}
    </div>
  );
}
