import { useConnection } from "../connection.tsx";

/** Whether who is signed in may make things at all: bots and read-only tokens may not. */
export function useMayMake(): boolean {
  const { me } = useConnection();
  return me.agent_id === null && me.scope !== "read";
}

/** Whether who is signed in may change what a user owns; undefined while the owner is not known. */
export function useMayChange(owner_id: string | undefined): boolean {
  const { me } = useConnection();
  return useMayMake() && owner_id === me.id;
}
