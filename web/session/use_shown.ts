import { useRef } from "react";
import { type Filter, isNarrow, passes } from "./filters.tsx";
import type { Timeline } from "./timeline.ts";

interface Found {
  readonly filter: Filter;
  readonly timeline: Timeline;
  /** Every number up to here was looked at. */
  upTo: number;
  readonly seqs: number[];
}

/**
 * The numbers of the entries that pass a filter, in order; each entry of the past is looked at once.
 * @param last the newest number shown
 * @returns null when the filter lets everything through, and nothing needs to be found
 */
export function useShown(
  timeline: Timeline,
  filter: Filter,
  last: number,
): readonly number[] | null {
  const found = useRef<Found | null>(null);
  if (!isNarrow(filter)) return null;
  let past = found.current;
  if (past?.filter !== filter || past.timeline !== timeline) {
    past = { filter, timeline, upTo: 0, seqs: [] };
    found.current = past;
  }
  const test = passes(filter);
  const look = (first: number, end: number, into: number[]) => {
    for (let seq = first; seq <= end; seq += 1) {
      const entry = timeline.at(seq);
      if (entry && test(entry)) into.push(seq);
    }
  };
  look(past.upTo + 1, timeline.folded, past.seqs);
  past.upTo = timeline.folded;
  // The newest are there before the past has been read up to them.
  const newest: number[] = [];
  look(timeline.folded + 1, timeline.head, newest);
  const all = newest.length === 0 ? past.seqs : [...past.seqs, ...newest];
  return last >= timeline.head ? all : all.filter((seq) => seq <= last);
}
