import { useConnection } from "../connection.tsx";
import { useList, useRead } from "../queries.ts";
import { useTimeline } from "./use_timeline.tsx";

/**
 * How the session stands, and this person in it. The stream tells both as they change, but only once
 * its past has been read; until then it is what the server answered.
 * @param hasTurn whether a turn waits for this person: it is theirs by an agent, whatever they are themselves
 * @returns `status` undefined until it is known, and nobody may post until then
 */
export function useStanding(hasTurn: boolean) {
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
  const isObserver = !owns && !hasTurn && member?.role === "observer";
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
