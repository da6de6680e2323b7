import { useConnection } from "../connection.tsx";
import { useList, useRead } from "../queries.ts";
import { useBelonging, useNames } from "./roster.tsx";
import { useTimeline } from "./use_timeline.tsx";

/**
 * How the session stands, and this person in it. The stream tells both as they change, but only once
 * its past has been read; until then it is what the server answered.
 * @returns `status` undefined until it is known, and nobody may post until then
 */
export function useStanding() {
  const { session_id, state, isFolded } = useTimeline();
  const { me } = useConnection();
  const session = useRead("session.get", { session_id }).data;
  const members = useList("session.list_members", { session_id }).data;
  const status = isFolded ? state.status : session?.status;
  const member = isFolded
    ? state.members[me.id]
    : members?.find(({ user_id }) => user_id === me.id);
  const owns = session?.created_by === me.id;
  const mayWrite = me.scope !== "read";
  // Whoever has an agent here takes part by it, whatever they are themselves.
  const names = useNames();
  const belonging = useBelonging();
  const hasAgent = [...names.agents.values()].some(
    ({ id, owner_id }) => owner_id === me.id && belonging?.has(id),
  );
  const isObserver = !owns && !hasAgent && member?.role === "observer";
  const isOpen = status !== undefined && status !== "archived";
  const mayPost = isOpen && !isObserver && mayWrite;
  return {
    title: (isFolded ? state.title : null) ?? session?.title ?? "Session",
    status,
    team_id: session?.team_id ?? null,
    isOwner: owns && mayWrite && me.agent_id === null,
    mayPost,
    /** Whether this is somebody who gives tasks, remarks, and directs runs: a bot's token only speaks. */
    mayDirect: mayPost && me.agent_id === null,
    /** Whether nothing was ever written in it. */
    isEmpty: session?.head_seq === 0,
  };
}
