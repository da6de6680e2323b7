import { Button } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { Virtuoso, type VirtuosoHandle } from "react-virtuoso";
import { EntryRow } from "./entry_row.tsx";
import { useTimeline } from "./use_timeline.tsx";

const upward = new Set(["ArrowUp", "PageUp", "Home"]);

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
  // Where the end is changes faster than it is scrolled to: only a hand stops the following.
  const following = useRef(target === null);
  const count = shown ? shown.length : last;
  const seqAt = useCallback((index: number) => (shown ? shown[index]! : index + 1), [shown]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: goes there when the address changes, not when entries arrive
  useEffect(() => {
    if (target === null || target > count) return;
    const index = shown ? shown.indexOf(target) : target - 1;
    if (index < 0) return;
    following.current = false;
    timeline.need(target - 50, target + 50);
    list.current?.scrollToIndex({ index, align: "center" });
  }, [target, count > 0]);

  if (count === 0) return <div className="entries" />;
  const toEnd = () => list.current?.scrollToIndex({ index: count - 1, align: "end" });
  const leave = () => {
    following.current = false;
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it watches what bubbles up from the list
    <div
      className="entries"
      onWheel={({ deltaY }) => deltaY < 0 && leave()}
      onTouchMove={leave}
      onPointerDown={leave}
      onKeyDown={({ key }) => upward.has(key) && leave()}
    >
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
        followOutput={() => following.current}
        // Rows are as high as they turn out to be once they are read and drawn.
        totalListHeightChanged={() => following.current && toEnd()}
        atBottomThreshold={60}
        atBottomStateChange={(isAtBottom) => {
          setAtEnd(isAtBottom);
          if (isAtBottom) following.current = true;
        }}
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
          onClick={() => {
            following.current = true;
            toEnd();
          }}
        >
          Newest
        </Button>
      )}
    </div>
  );
}
