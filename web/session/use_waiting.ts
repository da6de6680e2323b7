import { useEffect } from "react";
import type { Turn } from "../../contract/turn.ts";
import { useConnection } from "../connection.tsx";
import { useRead } from "../queries.ts";
import { useTimeline } from "./use_timeline.tsx";

const LOOK_MS = 5_000;

/** The turns of this session that wait for this person: to speak, and to vote. */
export function useWaiting(): { speak: Turn[]; vote: Turn[] } {
  const { session_id, state, isFolded } = useTimeline();
  const { data, refetch } = useRead("me.list_turns", {}, { every: LOOK_MS });
  // Whoever is waited for is told at once, and not when the next look is due.
  const open = isFolded && state.open_turns.map(({ turn_id }) => turn_id).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a turn was opened or closed
  useEffect(() => {
    void refetch();
  }, [open, refetch]);
  // Of those that a reading token lists, it may answer none.
  const mayAnswer = useConnection().me.scope !== "read";
  const closed = new Set(state.closed_turns.map(({ turn_id }) => turn_id));
  const waiting = (data?.data ?? []).filter(
    (turn) => mayAnswer && turn.session_id === session_id && !closed.has(turn.id),
  );
  return {
    speak: waiting.filter(({ purpose }) => purpose === "speak"),
    vote: waiting.filter(({ purpose }) => purpose === "ballot"),
  };
}
