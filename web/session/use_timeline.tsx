import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { SessionState } from "../../client/index.ts";
import { useConnection } from "../connection.tsx";
import { Timeline } from "./timeline.ts";
import { useNow } from "./when.tsx";

/**
 * Opens a session's timeline for as long as the calling component lives.
 * @returns the timeline, null at first, and what opens it anew, where it failed
 */
export function useOpenTimeline(session_id: string) {
  const { client } = useConnection();
  const queries = useQueryClient();
  const [timeline, setTimeline] = useState<Timeline | null>(null);
  const [openings, setOpenings] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: opened anew when that is asked for
  useEffect(() => {
    const opened = new Timeline(client, session_id);
    setTimeline(opened);
    return () => opened.close();
  }, [client, session_id, openings]);
  const reopen = () => {
    setOpenings(openings + 1);
    void queries.invalidateQueries();
  };
  return { timeline, reopen };
}

/** The timeline of the page; only below its provider. */
export const TimelineContext = createContext<Timeline | null>(null);

/** The timeline of this page, and a rendering whenever it changes. */
export function useTimeline(): Timeline {
  const timeline = useContext(TimelineContext)!;
  useSyncExternalStore(timeline.subscribe, () => timeline.version);
  return timeline;
}

/** Number of the entry at which a replay stands; null while the page is live. */
export const ReplayContext = createContext<number | null>(null);

/** What follows from the entries that are shown: up to now, or up to where the replay stands. */
export function useShownState(): SessionState {
  const timeline = useTimeline();
  const replayAt = useContext(ReplayContext);
  return replayAt === null ? timeline.state : timeline.stateAt(Math.min(replayAt, timeline.folded));
}

/** The moment that is shown, in milliseconds since 1970: now, or when the last entry of a replay was made. */
export function useShownMoment(): number {
  const timeline = useTimeline();
  const replayAt = useContext(ReplayContext);
  const now = useNow();
  const entry = replayAt === null ? undefined : timeline.at(replayAt);
  return entry ? Date.parse(entry.created_at) : now;
}
