import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { useConnection } from "../connection.tsx";
import { Timeline } from "./timeline.ts";

/** Opens a session's timeline for as long as the calling component lives; null at first. */
export function useOpenTimeline(session_id: string): Timeline | null {
  const { client } = useConnection();
  const [timeline, setTimeline] = useState<Timeline | null>(null);
  useEffect(() => {
    const opened = new Timeline(client, session_id);
    setTimeline(opened);
    return () => opened.close();
  }, [client, session_id]);
  return timeline;
}

/** The timeline of the page; only below its provider. */
export const TimelineContext = createContext<Timeline | null>(null);

/** The timeline of this page, and a rendering whenever it changes. */
export function useTimeline(): Timeline {
  const timeline = useContext(TimelineContext)!;
  useSyncExternalStore(timeline.subscribe, () => timeline.version);
  return timeline;
}
