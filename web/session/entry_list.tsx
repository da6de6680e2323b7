import { Button } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { Virtuoso, type VirtuosoHandle } from "react-virtuoso";
import { EntryRow } from "./entry_row.tsx";
import { useTimeline } from "./use_timeline.tsx";

const newest = { index: "LAST", align: "end" } as const;
const upward = new Set(["ArrowUp", "PageUp", "Home"]);

interface EntryListProps {
  /** The numbers shown, or null for all up to `last`. */
  readonly shown: readonly number[] | null;
  /** The newest number shown: the head, or where the replay stands. */
  readonly last: number;
  /** The number that the address names; the list goes there. */
  readonly target: number | null;
  /** The target that the list went to last: it goes there once, and not again with other entries. */
  readonly goneTo: RefObject<number | null>;
}

/** Between two tries to get to the end. */
const AGAIN_MS = 250;

/** The entries, of which only those in sight are in the page. Stays at the newest unless one scrolls up. */
export function EntryList(props: EntryListProps) {
  const count = props.shown ? props.shown.length : props.last;
  return count === 0 ? <div className="entries" /> : <Entries {...props} count={count} />;
}

function Entries({ shown, last, target, goneTo, count }: EntryListProps & { count: number }) {
  const timeline = useTimeline();
  const list = useRef<VirtuosoHandle>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  // Where the end is changes faster than it is scrolled to: only a hand stops the following.
  const following = useRef(target === null || target === goneTo.current);
  const seqAt = useCallback((index: number) => (shown ? shown[index]! : index + 1), [shown]);
  const goal = target !== null && target !== goneTo.current ? placeOf(target, shown, last) : null;
  const [first] = useState(goal === null ? newest : { index: goal, align: "center" as const });

  // biome-ignore lint/correctness/useExhaustiveDependencies: goes there when the address changes, not when entries arrive
  useEffect(() => {
    if (target === null || goal === null) return;
    following.current = false;
    goneTo.current = target;
    timeline.need(target - 50, target + 50);
    list.current?.scrollToIndex({ index: goal, align: "center" });
  }, [target]);

  // A list that measures its rows while it scrolls may not get where it was sent.
  useEffect(() => {
    if (atEnd) return;
    const again = setInterval(() => following.current && toEnd(list.current), AGAIN_MS);
    return () => clearInterval(again);
  }, [atEnd]);

  // What one writes takes room from the list, as the keyboard of a phone does.
  useEffect(() => {
    const resized = new ResizeObserver(() => following.current && toEnd(list.current));
    resized.observe(frame.current!);
    return () => resized.disconnect();
  }, []);
  const leave = () => {
    following.current = false;
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it watches what bubbles up from the list
    <div
      ref={frame}
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
        initialTopMostItemIndex={first}
        followOutput={() => following.current}
        // Rows are as high as they turn out to be once they are read and drawn.
        totalListHeightChanged={() => following.current && toEnd(list.current)}
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
            toEnd(list.current);
          }}
        >
          Newest
        </Button>
      )}
    </div>
  );
}

function toEnd(list: VirtuosoHandle | null): void {
  list?.scrollToIndex(newest);
}

/** Where in the list an entry is; null if it is not in it. */
function placeOf(seq: number, shown: readonly number[] | null, last: number): number | null {
  if (!shown) return seq <= last ? seq - 1 : null;
  const index = shown.indexOf(seq);
  return index < 0 ? null : index;
}
