import { useEffect, useState } from "react";
import type { SessionState } from "../../client/index.ts";
import type { Entry } from "../../contract/entry.ts";
import type { Timeline } from "../session/timeline.ts";
import { Gathered } from "./gathered.ts";

/** A session as its figures are drawn; another object whenever there is something new to draw. */
export interface Past {
  readonly state: SessionState;
  /** Goes on to be filled: what is drawn of it belongs to this object's time. */
  readonly gathered: Gathered;
  readonly folded: number;
  readonly head: number;
  readonly failure: Error | null;
  /** An entry up to `folded`. */
  readonly at: (seq: number) => Entry;
}

/** Between two drawings. */
const PAUSE_MS = 500;
/** Entries looked at before the page may do something else. */
const AT_ONCE = 5_000;

/** Gathers a timeline's entries as they are loaded; null at first. */
export function useGathered(timeline: Timeline): Past | null {
  const [past, setPast] = useState<Past | null>(null);
  useEffect(() => {
    const gathered = new Gathered();
    const at = (seq: number) => timeline.at(seq)!;
    let next: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      next = undefined;
      const end = Math.min(gathered.seq + AT_ONCE, timeline.folded);
      while (gathered.seq < end) gathered.add(at(gathered.seq + 1));
      const { state, head, failure } = timeline;
      setPast({ state, gathered, folded: gathered.seq, head, failure, at });
      if (gathered.seq < timeline.folded) next = setTimeout(look, 0);
    };
    const unlisten = timeline.subscribe(() => {
      next ??= setTimeout(look, PAUSE_MS);
    });
    look();
    return () => {
      unlisten();
      clearTimeout(next);
    };
  }, [timeline]);
  return past;
}
